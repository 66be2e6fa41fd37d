// Stencils and images: a 3-D stencil that walks along z with its column in registers (as FDTD3d, hotspot3D)
#include <cstdio>
#include <vector>
#define NX 20
#define NY 12
#define NZ 9

__global__ void stencil3d(const float *in, float *out, float c, float n)
{
    int i = blockDim.x * blockIdx.x + threadIdx.x, j = blockDim.y * blockIdx.y + threadIdx.y;
    if (i >= NX || j >= NY)
        return;
    const int xy = NX * NY;
    int at = i + j * NX;
    int W = i == 0 ? at : at - 1, E = i == NX - 1 ? at : at + 1;
    int N = j == 0 ? at : at - NX, S = j == NY - 1 ? at : at + NX;
    float below = in[at], here = in[at], above = in[at + xy];
    for (int k = 0; k < NZ; ++k) {
        int z = k * xy;
        out[z + at] = c * here + n * (in[z + W] + in[z + E] + in[z + N] + in[z + S] + below + above);
        below = here;
        here = above;
        above = k + 2 < NZ ? in[(k + 2) * xy + at] : here;
    }
}

int main()
{
    const int size = NX * NY * NZ;
    std::vector<float> in(size), out(size);
    for (int i = 0; i < size; ++i)
        in[i] = i % 17;
    float *d_in, *d_out;
    cudaMalloc(&d_in, size * sizeof(float));
    cudaMalloc(&d_out, size * sizeof(float));
    cudaMemcpy(d_in, in.data(), size * sizeof(float), cudaMemcpyHostToDevice);
    dim3 block(8, 4, 1), grid((NX + 7) / 8, (NY + 3) / 4);
    stencil3d<<<grid, block>>>(d_in, d_out, 0.5f, 0.125f);
    cudaMemcpy(out.data(), d_out, size * sizeof(float), cudaMemcpyDeviceToHost);
    cudaFree(d_in), cudaFree(d_out);
    auto at = [&](int x, int y, int z) {
        x = x < 0 ? 0 : x >= NX ? NX - 1 : x;
        y = y < 0 ? 0 : y >= NY ? NY - 1 : y;
        z = z < 0 ? 0 : z >= NZ ? NZ - 1 : z;
        return in[(z * NY + y) * NX + x];
    };
    for (int z = 0; z < NZ; ++z)
        for (int y = 0; y < NY; ++y)
            for (int x = 0; x < NX; ++x) {
                float sum = at(x - 1, y, z) + at(x + 1, y, z) + at(x, y - 1, z) + at(x, y + 1, z) + at(x, y, z - 1) + at(x, y, z + 1);
                if (out[(z * NY + y) * NX + x] != 0.5f * at(x, y, z) + 0.125f * sum)
                    return printf("FAILED at %d, %d, %d\n", x, y, z), 1;
            }
    return 0;
}
