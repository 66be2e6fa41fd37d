// First kernels: a program in the style of CUDA's first years: extern "C", cudaThreadSynchronize, arrays of arrays, error macros
#include <stdio.h>
#include <stdlib.h>
#include <cuda.h>
#include <cuda_runtime.h>
#define N 16
static void HandleError(cudaError_t err, const char *file, int line)
{
    if (err != cudaSuccess) {
        printf("%s in %s at line %d\n", cudaGetErrorString(err), file, line);
        exit(EXIT_FAILURE);
    }
}
#define HANDLE_ERROR(err) (HandleError(err, __FILE__, __LINE__))
#define imin(a, b) (a < b ? a : b)
typedef float Matrix[N][N];
const int threadsPerBlock = imin(256, N * N);

extern "C" __global__ void add(Matrix *c, const float (*a)[N], const Matrix *b)
{
    int tid = threadIdx.x + blockIdx.x * blockDim.x;
    int i = tid / N, j = tid % N;
    while (tid < N * N) {
        (*c)[i][j] = a[i][j] + (*b)[i][j];
        tid += blockDim.x * gridDim.x;
        i = tid / N;
        j = tid % N;
    }
}
static __global__ void clear(float **rows, int n)
{
    for (int j = 0; j < n; j++)
        rows[threadIdx.x][j] = 0.0f;
}
extern "C" void launch(Matrix *c, float (*a)[N], Matrix *b)
{
    add<<<(N * N + threadsPerBlock - 1) / threadsPerBlock, threadsPerBlock>>>(c, a, b);
    HANDLE_ERROR(cudaThreadSynchronize());
}
int main(void)
{
    Matrix a, b, c, *dev_b, *dev_c;
    float(*dev_a)[N], *rows[N], **dev_rows;
    int i, j, wrong = 0;
    cudaEvent_t start, stop;
    HANDLE_ERROR(cudaEventCreate(&start));
    HANDLE_ERROR(cudaEventCreate(&stop));
    HANDLE_ERROR(cudaEventRecord(start, 0));
    for (i = 0; i < N; i++)
        for (j = 0; j < N; j++) {
            a[i][j] = -i;
            b[i][j] = i * j;
        }
    HANDLE_ERROR(cudaMalloc((void **)&dev_a, sizeof(Matrix)));
    HANDLE_ERROR(cudaMalloc((void **)&dev_b, sizeof(Matrix)));
    HANDLE_ERROR(cudaMalloc((void **)&dev_c, sizeof(Matrix)));
    HANDLE_ERROR(cudaMemcpy(dev_a, a, sizeof a, cudaMemcpyHostToDevice));
    HANDLE_ERROR(cudaMemcpy(dev_b, b, sizeof b, cudaMemcpyHostToDevice));
    launch(dev_c, dev_a, dev_b);
    HANDLE_ERROR(cudaMemcpy(c, dev_c, sizeof c, cudaMemcpyDeviceToHost));
    for (i = 0; i < N * N; i++)
        wrong += c[i / N][i % N] != a[i / N][i % N] + b[i / N][i % N];
    for (i = 0; i < N; i++)
        rows[i] = (float *)dev_c + i * N;
    HANDLE_ERROR(cudaMalloc((void **)&dev_rows, sizeof rows));
    HANDLE_ERROR(cudaMemcpy(dev_rows, rows, sizeof rows, cudaMemcpyHostToDevice));
    clear<<<1, N>>>(dev_rows, N);
    HANDLE_ERROR(cudaMemcpy(c, dev_c, sizeof c, cudaMemcpyDeviceToHost));
    for (i = 0; i < N * N; i++)
        wrong += c[i / N][i % N] != 0;
    HANDLE_ERROR(cudaEventRecord(stop, 0));
    HANDLE_ERROR(cudaEventSynchronize(stop));
    float elapsedTime;
    HANDLE_ERROR(cudaEventElapsedTime(&elapsedTime, start, stop));
    cudaFree(dev_a), cudaFree(dev_b), cudaFree(dev_c), cudaFree(dev_rows);
    cudaEventDestroy(start), cudaEventDestroy(stop);
    cudaThreadExit();
    return wrong ? printf("%d wrong\n", wrong), 1 : 0;
}
