// Stencils and images: bytes of a word at once: a frame's difference from the last one, and how well blocks match
#include <cstdio>
#include <cstdlib>
#include <cuda_runtime.h>

const int WORDS = 64, SHIFTS = 16;

// Bytes that differ by more than `least`, as 255, and the brighter of both frames elsewhere.
__global__ void difference(const unsigned *now, const unsigned *last, unsigned *out, unsigned least)
{
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    unsigned moved = __vcmpgtu4(__vabsdiffu4(now[i], last[i]), least * 0x01010101u);
    out[i] = moved | (__vmaxu4(now[i], last[i]) & ~moved);
}

// The sum of absolute differences at each shift.
__global__ void match(const unsigned *now, const unsigned *last, unsigned *out)
{
    unsigned sum = 0;
    for (int i = 0; i + SHIFTS <= WORDS; ++i)
        sum += __vsadu4(now[i], last[i + threadIdx.x]);
    out[threadIdx.x] = sum;
}

int main()
{
    unsigned now[WORDS], last[WORDS], out[WORDS], matches[SHIFTS];
    const unsigned char *a = (unsigned char *)now, *b = (unsigned char *)last;
    for (int i = 0; i < WORDS; ++i) {
        now[i] = i * 2654435761u;
        last[i] = i * 2246822519u + 3;
    }
    unsigned *d_now, *d_last, *d_out, *d_matches;
    cudaMalloc(&d_now, sizeof now);
    cudaMalloc(&d_last, sizeof last);
    cudaMalloc(&d_out, sizeof out);
    cudaMalloc(&d_matches, sizeof matches);
    cudaMemcpy(d_now, now, sizeof now, cudaMemcpyHostToDevice);
    cudaMemcpy(d_last, last, sizeof last, cudaMemcpyHostToDevice);
    difference<<<WORDS / 32, 32>>>(d_now, d_last, d_out, 40);
    match<<<1, SHIFTS>>>(d_now, d_last, d_matches);
    cudaMemcpy(out, d_out, sizeof out, cudaMemcpyDeviceToHost);
    cudaMemcpy(matches, d_matches, sizeof matches, cudaMemcpyDeviceToHost);
    int wrong = 0;
    for (int i = 0; i < 4 * WORDS; ++i) {
        int expected = abs(a[i] - b[i]) > 40 ? 255 : a[i] > b[i] ? a[i] : b[i];
        wrong += ((unsigned char *)out)[i] != expected;
    }
    for (int shift = 0; shift < SHIFTS; ++shift) {
        unsigned expected = 0;
        for (int i = 0; i < 4 * (WORDS - SHIFTS + 1); ++i)
            expected += abs(a[i] - b[i + 4 * shift]);
        wrong += matches[shift] != expected;
    }
    printf("%d wrong\n", wrong);
    cudaFree(d_now);
    cudaFree(d_last);
    cudaFree(d_out);
    cudaFree(d_matches);
    return wrong != 0;
}
