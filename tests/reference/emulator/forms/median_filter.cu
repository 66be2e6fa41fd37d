// Stencils and images: a median of 3 by 3 pixels by a network of comparisons in registers, borders clamped
#include <algorithm>
#include <cstdio>
#include <vector>

template <typename T> __device__ __forceinline__ void order(T &a, T &b)
{
    const T low = min(a, b);
    b = max(a, b);
    a = low;
}

__device__ unsigned char median_of(unsigned char (&v)[9])
{
    for (int end = 9; end > 4; --end)
#pragma unroll
        for (int i = 0; i + 1 < end; ++i)
            order(v[i], v[i + 1]);
    return v[4];
}

__global__ void median(const unsigned char *src, unsigned char *dst, int w, int h)
{
    const int x = blockIdx.x * blockDim.x + threadIdx.x, y = blockIdx.y * blockDim.y + threadIdx.y;
    if (x >= w || y >= h)
        return;
    unsigned char v[9];
    int count = 0;
    for (int dy = -1; dy <= 1; ++dy)
        for (int dx = -1; dx <= 1; ++dx) {
            const int cx = min(max(x + dx, 0), w - 1), cy = min(max(y + dy, 0), h - 1);
            v[count++] = src[cy * w + cx];
        }
    dst[y * w + x] = median_of(v);
}

int main()
{
    const int w = 45, h = 30;
    std::vector<unsigned char> image(w * h), out(w * h);
    for (int i = 0; i < w * h; ++i)
        image[i] = i * 7919 % 251;
    unsigned char *d_in = nullptr, *d_out = nullptr;
    cudaMalloc(&d_in, w * h);
    cudaMalloc(&d_out, w * h);
    cudaMemcpy(d_in, image.data(), w * h, cudaMemcpyHostToDevice);
    const dim3 block{16, 8};
    median<<<dim3{(w + block.x - 1) / block.x, (h + block.y - 1) / block.y}, block>>>(d_in, d_out, w, h);
    cudaMemcpy(out.data(), d_out, w * h, cudaMemcpyDeviceToHost);
    cudaFree(d_in), cudaFree(d_out);
    for (int y = 0; y < h; ++y)
        for (int x = 0; x < w; ++x) {
            std::vector<int> v;
            for (int i = 0; i < 9; ++i)
                v.push_back(image[std::clamp(y + i / 3 - 1, 0, h - 1) * w + std::clamp(x + i % 3 - 1, 0, w - 1)]);
            std::nth_element(v.begin(), v.begin() + 4, v.end());
            if (v[4] != out[y * w + x])
                return printf("%d %d\n", x, y), 1;
        }
    return 0;
}
