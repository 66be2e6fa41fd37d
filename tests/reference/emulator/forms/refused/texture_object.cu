// Textures: an image read through a texture object
// Refused: textures and surfaces are not emulated
__global__ void rotate(float *out, cudaTextureObject_t image, int width)
{
    int x = threadIdx.x, y = blockIdx.x;
    out[y * width + x] = tex2D<float>(image, x + 0.5f, y + 0.5f);
}
int main()
{
    cudaTextureObject_t image = 0;
    float *out;
    cudaMalloc(&out, 64 * 64 * sizeof(float));
    rotate<<<64, 64>>>(out, image, 64);
}
