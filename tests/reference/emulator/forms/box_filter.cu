// Stencils and images: a blur of any radius by a table of sums: scans of rows, a transpose, scans again, and four corners
#include <cstdio>
#include <vector>
template <typename T, int TILE = 16, int ROWS = 4> class Transposer {
public:
    static __device__ void run(const T *in, T *out, int w, int h, T (&tile)[TILE][TILE + 1])
    {
        int x = blockIdx.x * TILE + threadIdx.x, y = blockIdx.y * TILE + threadIdx.y;
        for (int j = 0; j < TILE; j += ROWS)
            if (x < w && y + j < h)
                tile[threadIdx.y + j][threadIdx.x] = in[(y + j) * w + x];
        __syncthreads();
        x = blockIdx.y * TILE + threadIdx.x, y = blockIdx.x * TILE + threadIdx.y;
        for (int j = 0; j < TILE; j += ROWS)
            if (x < h && y + j < w)
                out[(y + j) * h + x] = tile[threadIdx.x][threadIdx.y + j];
    }
};
__global__ void transpose(const int *in, int *out, int w, int h)
{
    __shared__ int tile[16][17];
    Transposer<int>::run(in, out, w, h, tile);
}
__global__ void scan_rows(int *data, int w)
{
    int *row = data + blockIdx.x * w, carry = 0;
    __shared__ int sums[64];
    for (int start = 0; start < w; start += blockDim.x) {
        const int x = start + threadIdx.x;
        sums[threadIdx.x] = x < w ? row[x] : 0;
        __syncthreads();
        for (unsigned step = 1; step < blockDim.x; step <<= 1) {
            int left = threadIdx.x >= step ? sums[threadIdx.x - step] : 0;
            __syncthreads();
            sums[threadIdx.x] += left;
            __syncthreads();
        }
        if (x < w)
            row[x] = carry + sums[threadIdx.x];
        carry += sums[blockDim.x - 1];
        __syncthreads();
    }
}
__global__ void blur(const int *sums, float *out, int w, int h, int radius)
{
    const int x = blockDim.x * blockIdx.x + threadIdx.x, y = blockDim.y * blockIdx.y + threadIdx.y;
    if (x < w && y < h) {
        int x0 = max(x - radius, 0) - 1, x1 = min(x + radius, w - 1), y0 = max(y - radius, 0) - 1, y1 = min(y + radius, h - 1);
#define SUM(x, y) ((x) < 0 || (y) < 0 ? 0 : sums[(y) * w + (x)])
        out[y * w + x] = float(SUM(x1, y1) - SUM(x0, y1) - SUM(x1, y0) + SUM(x0, y0)) / ((x1 - x0) * (y1 - y0));
#undef SUM
    }
}
int main()
{
    const int w = 70, h = 41, radius = 3;
    std::vector<int> image(w * h);
    std::vector<float> out(w * h);
    for (int i = 0; i < w * h; ++i)
        image[i] = i * 31 % 97;
    int *a, *b;
    float *d_out;
    cudaMalloc(&a, w * h * 4), cudaMalloc(&b, w * h * 4), cudaMalloc(&d_out, w * h * 4);
    cudaMemcpy(a, image.data(), w * h * 4, cudaMemcpyHostToDevice);
    scan_rows<<<h, 64>>>(a, w);
    transpose<<<dim3((w + 15) / 16, (h + 15) / 16), dim3(16, 4)>>>(a, b, w, h);
    scan_rows<<<w, 64>>>(b, h);
    transpose<<<dim3((h + 15) / 16, (w + 15) / 16), dim3(16, 4)>>>(b, a, h, w);
    blur<<<dim3((w + 31) / 32, (h + 7) / 8), dim3(32, 8)>>>(a, d_out, w, h, radius);
    cudaMemcpy(out.data(), d_out, w * h * 4, cudaMemcpyDeviceToHost);
    cudaFree(a), cudaFree(b), cudaFree(d_out);
    for (int y = 0; y < h; ++y)
        for (int x = 0; x < w; ++x) {
            int sum = 0, count = 0;
            for (int v = y - radius; v <= y + radius; ++v)
                for (int u = x - radius; u <= x + radius; ++u)
                    if (u >= 0 && u < w && v >= 0 && v < h)
                        sum += image[v * w + u], ++count;
            if (out[y * w + x] != float(sum) / count)
                return printf("%d %d\n", x, y), 1;
        }
    return 0;
}
