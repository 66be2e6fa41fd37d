// Machine learning: distances to a point for the nearest neighbors (Rodinia's nn)
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <vector>
typedef struct latLong { float lat; float lng; } LatLong;

__global__ void euclid(const LatLong *d_locations, float *d_distances, int numRecords, float lat, float lng)
{
    int globalId = blockDim.x * (gridDim.x * blockIdx.y + blockIdx.x) + threadIdx.x;
    const LatLong *latLong = d_locations + globalId;
    if (globalId < numRecords) {
        float *dist = d_distances + globalId;
        *dist = (float)sqrt((lat - latLong->lat) * (lat - latLong->lat) + (lng - latLong->lng) * (lng - latLong->lng));
    }
}

int main()
{
    const int n = 500;
    std::vector<LatLong> points(n);
    std::vector<float> dist(n);
    for (int i = 0; i < n; ++i)
        points[i] = {7 + i * 37 % 630 * 0.1f, i * 59 % 3580 * 0.1f};
    LatLong *d_points;
    float *d_dist;
    cudaMalloc((void **)&d_points, sizeof(LatLong) * n);
    cudaMalloc((void **)&d_dist, sizeof(float) * n);
    cudaMemcpy(d_points, &points[0], sizeof(LatLong) * n, cudaMemcpyHostToDevice);
    dim3 gridDim(2, 3);
    euclid<<<gridDim, 96>>>(d_points, d_dist, n, 30.0f, 90.0f);
    cudaDeviceSynchronize();
    cudaMemcpy(&dist[0], d_dist, sizeof(float) * n, cudaMemcpyDeviceToHost);
    cudaFree(d_points);
    cudaFree(d_dist);
    for (int i = 0; i < n; ++i)
        if (!(std::fabs(dist[i] - std::hypot(30.0 - points[i].lat, 90.0 - points[i].lng)) < 1e-3))
            return printf("%d\n", i), EXIT_FAILURE;
    return EXIT_SUCCESS;
}
