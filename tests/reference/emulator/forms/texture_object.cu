// Stencils and images: texture objects: an image turned with bilinear weights, colors that repeat, a table by index
#include <cmath>
#include <cstdio>
#include <cuda_runtime.h>

const int W = 48, H = 32, TABLE = 100;

// Turns an image around its center; what comes from outside is black.
__global__ void turn(float *out, cudaTextureObject_t image, int width, int height, float sine, float cosine)
{
    int x = blockIdx.x * blockDim.x + threadIdx.x, y = blockIdx.y * blockDim.y + threadIdx.y;
    if (x >= width || y >= height)
        return;
    float u = x + 0.5f - width / 2, v = y + 0.5f - height / 2;
    out[y * width + x] = tex2D<float>(
        image, u * cosine - v * sine + width / 2, v * cosine + u * sine + height / 2);
}

// Tiles the plane with a small image of bytes, read as shares of one.
__global__ void tile(float *out, cudaTextureObject_t colors, int width, int height)
{
    int x = blockIdx.x * blockDim.x + threadIdx.x, y = blockIdx.y * blockDim.y + threadIdx.y;
    if (x >= width || y >= height)
        return;
    float4 color = tex2D<float4>(colors, (x + 0.5f) / 8 - 1, (y + 0.5f) / 4);
    out[y * width + x] = color.x + 2 * color.y + 4 * color.z + 8 * color.w;
}

__global__ void look_up(int *out, cudaTextureObject_t table, int n)
{
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n)
        out[i] = tex1Dfetch<int>(table, n - i);  // the first is beyond the table: 0
}

static float texel(const float *image, int x, int y) { return x < 0 || x >= W || y < 0 || y >= H ? 0 : image[y * W + x]; }

// The weights of a texture have 8 bits behind the point.
static float bilinear(const float *image, float x, float y)
{
    x -= 0.5f;
    y -= 0.5f;
    float i = floorf(x), j = floorf(y), a = roundf((x - i) * 256) / 256, b = roundf((y - j) * 256) / 256;
    return (1 - a) * (1 - b) * texel(image, i, j) + a * (1 - b) * texel(image, i + 1, j)
        + (1 - a) * b * texel(image, i, j + 1) + a * b * texel(image, i + 1, j + 1);
}

static cudaTextureObject_t texture_of(cudaArray_t array, cudaTextureAddressMode mode, cudaTextureFilterMode filter,
    cudaTextureReadMode read, bool normalized)
{
    cudaResourceDesc resource = {};
    resource.resType = cudaResourceTypeArray;
    resource.res.array.array = array;
    cudaTextureDesc texture = {};
    texture.addressMode[0] = texture.addressMode[1] = mode;
    texture.filterMode = filter;
    texture.readMode = read;
    texture.normalizedCoords = normalized;
    cudaTextureObject_t object = 0;
    if (cudaCreateTextureObject(&object, &resource, &texture, nullptr) != cudaSuccess)
        printf("no texture\n");
    return object;
}

int main()
{
    static float image[W * H], out[W * H];
    static uchar4 colors[4 * 8];
    int table[TABLE], looked_up[TABLE], wrong = 0;
    for (int i = 0; i < W * H; ++i)
        image[i] = i * 37 % 101;
    for (int i = 0; i < 4 * 8; ++i)
        colors[i] = make_uchar4(8 * i, 255 - i, i * i % 256, 17);
    for (int i = 0; i < TABLE; ++i)
        table[i] = i * i - 7;

    cudaChannelFormatDesc of_floats = cudaCreateChannelDesc<float>(), of_bytes = cudaCreateChannelDesc<uchar4>();
    cudaArray_t floats, bytes;
    cudaMallocArray(&floats, &of_floats, W, H);
    cudaMallocArray(&bytes, &of_bytes, 8, 4);
    cudaMemcpy2DToArray(floats, 0, 0, image, W * sizeof(float), W * sizeof(float), H, cudaMemcpyHostToDevice);
    cudaMemcpyToArray(bytes, 0, 0, colors, sizeof colors, cudaMemcpyHostToDevice);
    float *d_out;
    int *d_table, *d_looked_up;
    cudaMalloc(&d_out, sizeof out);
    cudaMalloc(&d_table, sizeof table);
    cudaMalloc(&d_looked_up, sizeof looked_up);
    cudaMemcpy(d_table, table, sizeof table, cudaMemcpyHostToDevice);
    dim3 block(16, 8), grid((W + 15) / 16, (H + 7) / 8);

    float sine = sinf(0.5f), cosine = cosf(0.5f);
    cudaTextureObject_t turned
        = texture_of(floats, cudaAddressModeBorder, cudaFilterModeLinear, cudaReadModeElementType, false);
    turn<<<grid, block>>>(d_out, turned, W, H, sine, cosine);
    cudaMemcpy(out, d_out, sizeof out, cudaMemcpyDeviceToHost);
    for (int y = 0; y < H; ++y)
        for (int x = 0; x < W; ++x) {
            float u = x + 0.5f - W / 2, v = y + 0.5f - H / 2;
            float expected = bilinear(image, u * cosine - v * sine + W / 2, v * cosine + u * sine + H / 2);
            wrong += !(fabsf(out[y * W + x] - expected) <= 1);  // a step of a weight at most
        }

    cudaTextureObject_t repeated
        = texture_of(bytes, cudaAddressModeWrap, cudaFilterModePoint, cudaReadModeNormalizedFloat, true);
    tile<<<grid, block>>>(d_out, repeated, W, H);
    cudaMemcpy(out, d_out, sizeof out, cudaMemcpyDeviceToHost);
    for (int y = 0; y < H; ++y)
        for (int x = 0; x < W; ++x) {
            uchar4 c = colors[y % 4 * 8 + x % 8];
            float expected = (c.x + 2 * c.y + 4 * c.z + 8 * c.w) / 255.0f;
            wrong += !(fabsf(out[y * W + x] - expected) < 1e-4f);
        }

    cudaResourceDesc resource = {};
    resource.resType = cudaResourceTypeLinear;
    resource.res.linear.devPtr = d_table;
    resource.res.linear.desc = cudaCreateChannelDesc(32, 0, 0, 0, cudaChannelFormatKindSigned);
    resource.res.linear.sizeInBytes = sizeof table;
    cudaTextureDesc plain = {};
    cudaTextureObject_t by_index = 0;
    cudaCreateTextureObject(&by_index, &resource, &plain, nullptr);
    look_up<<<(TABLE + 31) / 32, 32>>>(d_looked_up, by_index, TABLE);
    cudaMemcpy(looked_up, d_looked_up, sizeof looked_up, cudaMemcpyDeviceToHost);
    for (int i = 0; i < TABLE; ++i)
        wrong += looked_up[i] != (i ? table[TABLE - i] : 0);

    printf("%d wrong\n", wrong);
    for (cudaTextureObject_t one : {turned, repeated, by_index})
        cudaDestroyTextureObject(one);
    cudaFreeArray(floats);
    cudaFreeArray(bytes);
    cudaFree(d_out);
    cudaFree(d_table);
    cudaFree(d_looked_up);
    return wrong != 0;
}
