// Simulations: the Mandelbrot set with a class of complex numbers for host and device
#include <cstdio>
#include <cstring>

struct cuComplex {
    float r, i;
    __host__ __device__ cuComplex(float a, float b) : r(a), i(b) {}
    __host__ __device__ float magnitude2(void) const { return r * r + i * i; }
    __host__ __device__ cuComplex operator*(const cuComplex &a) const { return cuComplex(r * a.r - i * a.i, i * a.r + r * a.i); }
    __host__ __device__ cuComplex operator+(const cuComplex &a) const { return cuComplex(r + a.r, i + a.i); }
};
const int DIM_X = 60, DIM_Y = 40, MOST = 64;

__host__ __device__ int iterations(int x, int y)
{
    cuComplex c(-2.0f + 3.0f * x / DIM_X, -1.0f + 2.0f * y / DIM_Y), z(0, 0);
    int n = 0;
    for (; n < MOST && z.magnitude2() < 4.0f; n++)
        z = z * z + c;
    return n;
}

__global__ void kernel(unsigned char *ptr)
{
    int x = blockIdx.x * blockDim.x + threadIdx.x, y = blockIdx.y * blockDim.y + threadIdx.y;
    if (x < DIM_X && y < DIM_Y)
        ptr[x + y * DIM_X] = iterations(x, y);
}

int main(void)
{
    static unsigned char image[DIM_X * DIM_Y];
    unsigned char *dev_bitmap;
    cudaMalloc((void **)&dev_bitmap, sizeof image);
    dim3 threads(16, 16), grid((DIM_X + 15) / 16, (DIM_Y + 15) / 16);
    kernel<<<grid, threads>>>(dev_bitmap);
    cudaMemcpy(image, dev_bitmap, sizeof image, cudaMemcpyDeviceToHost);
    cudaFree(dev_bitmap);
    int wrong = 0, inside = 0;
    for (int y = 0; y < DIM_Y; ++y)
        for (int x = 0; x < DIM_X; ++x) {
            wrong += image[x + y * DIM_X] != iterations(x, y);
            inside += image[x + y * DIM_X] == MOST;
        }
    printf("%d inside, %d wrong\n", inside, wrong);
    return wrong || inside < 100;
}
