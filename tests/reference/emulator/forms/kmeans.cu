// Machine learning: k-means, membership by threads and new centers by atomic sums (Rodinia's kmeans)
#include <cfloat>
#include <cmath>
#include <cstdio>
#include <vector>
const int POINTS = 400, CLUSTERS = 4, FEATURES = 3;

__global__ void invert_mapping(const float *input, float *output)
{
    int i = threadIdx.x + blockDim.x * blockIdx.x;
    if (i < POINTS)
        for (int f = 0; f < FEATURES; f++)
            output[i + POINTS * f] = input[i * FEATURES + f];
}

__global__ void kmeansPoint(const float *features, int *membership, const float *clusters, int *delta)
{
    unsigned int id = blockIdx.x * blockDim.x + threadIdx.x;
    int index = -1;
    if (id < POINTS) {
        float min_dist = FLT_MAX;
        for (int i = 0; i < CLUSTERS; i++) {
            float ans = 0.0f;
            for (int j = 0; j < FEATURES; j++) {
                float diff = features[id + j * POINTS] - clusters[i * FEATURES + j];
                ans += diff * diff;
            }
            if (ans < min_dist) {
                min_dist = ans;
                index = i;
            }
        }
    }
    int changed = id < POINTS && membership[id] != index;
    int count = __syncthreads_count(changed);
    if (threadIdx.x == 0)
        atomicAdd(delta, count);
    if (changed)
        membership[id] = index;
}

__global__ void newCenters(const float *features, const int *membership, int *sums, int *counts)
{
    unsigned int id = blockIdx.x * blockDim.x + threadIdx.x;
    if (id >= POINTS)
        return;
    int c = membership[id];
    atomicAdd(&counts[c], 1);
    for (int j = 0; j < FEATURES; j++)
        atomicAdd(&sums[c * FEATURES + j], (int)(features[id + j * POINTS]));
}

int main()
{
    std::vector<float> points(POINTS * FEATURES), centers(CLUSTERS * FEATURES);
    std::vector<int> member(POINTS), sums(CLUSTERS * FEATURES), counts(CLUSTERS);
    for (int i = 0; i < POINTS; ++i)
        for (int f = 0; f < FEATURES; ++f)
            points[i * FEATURES + f] = i % CLUSTERS * 100 + (i * 7 + f * 13) % 31;
    for (int c = 0; c < CLUSTERS; ++c)
        for (int f = 0; f < FEATURES; ++f)
            centers[c * FEATURES + f] = points[c * FEATURES + f] + 20;
    float *d_in, *d_features, *d_centers;
    int *d_member, *d_delta, *d_sums, *d_counts, delta = 1, rounds = 0;
    cudaMalloc(&d_in, points.size() * sizeof(float)), cudaMalloc(&d_features, points.size() * sizeof(float));
    cudaMalloc(&d_centers, centers.size() * sizeof(float)), cudaMalloc(&d_member, POINTS * sizeof(int));
    cudaMalloc(&d_delta, sizeof(int)), cudaMalloc(&d_sums, sums.size() * sizeof(int)), cudaMalloc(&d_counts, counts.size() * sizeof(int));
    cudaMemcpy(d_in, points.data(), points.size() * sizeof(float), cudaMemcpyHostToDevice);
    cudaMemset(d_member, -1, POINTS * sizeof(int));
    invert_mapping<<<(POINTS + 127) / 128, 128>>>(d_in, d_features);
    while (delta > 0 && rounds++ < 10) {
        cudaMemset(d_delta, 0, sizeof(int)), cudaMemset(d_sums, 0, sums.size() * sizeof(int)), cudaMemset(d_counts, 0, counts.size() * sizeof(int));
        cudaMemcpy(d_centers, centers.data(), centers.size() * sizeof(float), cudaMemcpyHostToDevice);
        kmeansPoint<<<(POINTS + 127) / 128, 128>>>(d_features, d_member, d_centers, d_delta);
        newCenters<<<(POINTS + 127) / 128, 128>>>(d_features, d_member, d_sums, d_counts);
        cudaMemcpy(&delta, d_delta, sizeof(int), cudaMemcpyDeviceToHost);
        cudaMemcpy(sums.data(), d_sums, sums.size() * sizeof(int), cudaMemcpyDeviceToHost);
        cudaMemcpy(counts.data(), d_counts, counts.size() * sizeof(int), cudaMemcpyDeviceToHost);
        for (int i = 0; i < CLUSTERS * FEATURES; ++i)
            centers[i] = counts[i / FEATURES] ? (float)sums[i] / counts[i / FEATURES] : 0;
    }
    cudaMemcpy(member.data(), d_member, POINTS * sizeof(int), cudaMemcpyDeviceToHost);
    cudaFree(d_in), cudaFree(d_features), cudaFree(d_centers), cudaFree(d_member), cudaFree(d_delta), cudaFree(d_sums), cudaFree(d_counts);
    int wrong = delta != 0;
    for (int i = 0; i < POINTS; ++i)
        wrong += member[i] != i % CLUSTERS;
    for (int c = 0; c < CLUSTERS * FEATURES; ++c) {
        double mean = 0;
        for (int i = c / FEATURES; i < POINTS; i += CLUSTERS)
            mean += points[i * FEATURES + c % FEATURES] / (POINTS / CLUSTERS);
        wrong += !(std::fabs(mean - centers[c]) < 1e-2);
    }
    return printf("%d rounds, %d wrong\n", rounds, wrong), wrong;
}
