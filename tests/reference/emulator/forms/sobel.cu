// Stencils and images: edges of a gray image of bytes, made from colors in uchar3
#include <cmath>
#include <cstdio>
#include <vector>

__global__ void rgbToGray(const uchar3 *rgb, unsigned char *gray, int n)
{
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) {
        uchar3 p = rgb[i];
        gray[i] = (unsigned char)(0.25f * p.x + 0.5f * p.y + 0.25f * p.z);
    }
}

__global__ void sobel(const unsigned char *in, unsigned char *out, const int width, const int height)
{
    int x = threadIdx.x + blockIdx.x * blockDim.x;
    int y = threadIdx.y + blockIdx.y * blockDim.y;
    if (x < 1 || y < 1 || x >= width - 1 || y >= height - 1)
        return;
    float dx = (-1 * in[(y - 1) * width + (x - 1)]) + (-2 * in[y * width + (x - 1)]) + (-1 * in[(y + 1) * width + (x - 1)]) +
               in[(y - 1) * width + (x + 1)] + (2 * in[y * width + (x + 1)]) + in[(y + 1) * width + (x + 1)];
    float dy = in[(y - 1) * width + (x - 1)] + (2 * in[(y - 1) * width + x]) + in[(y - 1) * width + (x + 1)] +
               (-1 * in[(y + 1) * width + (x - 1)]) + (-2 * in[(y + 1) * width + x]) + (-1 * in[(y + 1) * width + (x + 1)]);
    float length = sqrtf(dx * dx + dy * dy);
    out[y * width + x] = length > 255.0f ? 255 : (unsigned char)length;
}

int main()
{
    const int w = 45, h = 33;
    std::vector<uchar3> rgb(w * h);
    std::vector<unsigned char> gray(w * h), out(w * h);
    for (int i = 0; i < w * h; ++i)
        rgb[i] = make_uchar3((i * 5) & 255, (i / w * 8) & 255, (i * i) & 255);
    uchar3 *d_rgb;
    unsigned char *d_gray, *d_out;
    cudaMalloc(&d_rgb, w * h * sizeof(uchar3));
    cudaMalloc(&d_gray, w * h);
    cudaMalloc(&d_out, w * h);
    cudaMemcpy(d_rgb, rgb.data(), w * h * sizeof(uchar3), cudaMemcpyHostToDevice);
    cudaMemset(d_out, 0, w * h);
    rgbToGray<<<(w * h + 127) / 128, 128>>>(d_rgb, d_gray, w * h);
    sobel<<<dim3((w + 15) / 16, (h + 7) / 8), dim3(16, 8)>>>(d_gray, d_out, w, h);
    cudaMemcpy(gray.data(), d_gray, w * h, cudaMemcpyDeviceToHost);
    cudaMemcpy(out.data(), d_out, w * h, cudaMemcpyDeviceToHost);
    cudaFree(d_rgb), cudaFree(d_gray), cudaFree(d_out);
    int wrong = 0;
    for (int y = 0; y < h; ++y)
        for (int x = 0; x < w; ++x) {
            const uchar3 &p = rgb[y * w + x];
            wrong += gray[y * w + x] != (p.x + 2 * p.y + p.z) / 4;
            int gx = 0, gy = 0, expected = 0;
            if (x && y && x < w - 1 && y < h - 1) {
                for (int s = -1; s <= 1; ++s) {
                    int weight = s ? 1 : 2;
                    gx += weight * (gray[(y + s) * w + x + 1] - gray[(y + s) * w + x - 1]);
                    gy += weight * (gray[(y - 1) * w + x + s] - gray[(y + 1) * w + x + s]);
                }
                expected = std::fmin(255.0f, std::sqrt(float(gx * gx + gy * gy)));
            }
            wrong += out[y * w + x] != expected;
        }
    printf("%d wrong\n", wrong);
    return wrong != 0;
}
