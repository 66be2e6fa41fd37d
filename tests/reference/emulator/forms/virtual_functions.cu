// Programs: objects with virtual functions, made on the device
#include <cstdio>

__device__ int destroyed;

class Shape {
public:
    __device__ virtual float area() const = 0;
    __device__ virtual ~Shape() { destroyed++; }
};
class Square : public Shape {
    float side;

public:
    __device__ Square(float s) : side(s) {}
    __device__ float area() const override { return side * side; }
};
class Disc : public Shape {
    float radius;

public:
    __device__ Disc(float r) : radius(r) {}
    __device__ float area() const override { return 3 * radius * radius; }
};

__global__ void create(Shape **shapes, int n)
{
    if (threadIdx.x == 0 && blockIdx.x == 0)
        for (int i = 0; i < n; ++i) {
            if (i % 2)
                shapes[i] = new Disc(i);
            else
                shapes[i] = new Square(i);
        }
}

__global__ void areas(Shape **shapes, float *out)
{
    out[threadIdx.x] = shapes[threadIdx.x]->area();
}

__global__ void destroy(Shape **shapes, int n)
{
    for (int i = 0; i < n; ++i)
        delete shapes[i];
}

int main()
{
    const int n = 20;
    Shape **shapes;
    float *out, h[n];
    int gone;
    cudaMalloc(&shapes, n * sizeof(Shape *));
    cudaMalloc(&out, sizeof h);
    create<<<1, 1>>>(shapes, n);
    areas<<<1, n>>>(shapes, out);
    destroy<<<1, 1>>>(shapes, n);
    cudaMemcpy(h, out, sizeof h, cudaMemcpyDeviceToHost);
    cudaMemcpyFromSymbol(&gone, destroyed, sizeof gone);
    cudaFree(shapes);
    cudaFree(out);
    if (gone != n)
        return printf("%d destroyed\n", gone), 1;
    for (int i = 0; i < n; ++i)
        if (h[i] != (i % 2 ? 3.0f : 1.0f) * i * i)
            return printf("%d: %f\n", i, h[i]), 1;
    return 0;
}
