// Histograms and sorting: a merge of two sorted arrays, each thread at its diagonal by binary search
#include <algorithm>
#include <cstdio>
#include <vector>

__device__ int mergePath(const int *a, int na, const int *b, int nb, int diag)
{
    int low = max(0, diag - nb), high = min(diag, na);
    while (low < high) {
        int mid = (low + high) >> 1;
        if (a[mid] <= b[diag - 1 - mid])
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}

__global__ void merge(const int *a, int na, const int *b, int nb, int *out, int perThread)
{
    int diag = (blockIdx.x * blockDim.x + threadIdx.x) * perThread;
    if (diag >= na + nb)
        return;
    int i = mergePath(a, na, b, nb, diag), j = diag - i;
    for (int k = 0; k < perThread && diag + k < na + nb; ++k) {
        bool takeA = j >= nb || (i < na && a[i] <= b[j]);
        out[diag + k] = takeA ? a[i++] : b[j++];
    }
}

int main()
{
    const int na = 310, nb = 277;
    std::vector<int> a(na), b(nb), out(na + nb), expected(na + nb);
    for (int i = 0; i < na; ++i) a[i] = i * 3 / 2;
    for (int i = 0; i < nb; ++i) b[i] = i * i / 150;
    std::merge(a.begin(), a.end(), b.begin(), b.end(), expected.begin());
    int *da, *db, *dout;
    cudaMalloc(&da, na * sizeof(int));
    cudaMalloc(&db, nb * sizeof(int));
    cudaMalloc(&dout, (na + nb) * sizeof(int));
    cudaMemcpy(da, a.data(), na * sizeof(int), cudaMemcpyHostToDevice);
    cudaMemcpy(db, b.data(), nb * sizeof(int), cudaMemcpyHostToDevice);
    merge<<<2, 64>>>(da, na, db, nb, dout, 5);
    cudaMemcpy(out.data(), dout, (na + nb) * sizeof(int), cudaMemcpyDeviceToHost);
    cudaFree(da), cudaFree(db), cudaFree(dout);
    return out != expected;
}
