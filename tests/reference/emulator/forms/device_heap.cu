// Programs: a linked list for each thread, on the device's heap: malloc, free, new and delete
#include <cstdio>

struct Node { int value; Node *next; };

__global__ void build(Node **heads, int *failures)
{
    int t = blockIdx.x * blockDim.x + threadIdx.x;
    Node *head = nullptr;
    for (int i = 0; i <= t % 4; ++i) {
        Node *node = (Node *)malloc(sizeof(Node));
        if (node == NULL) {
            atomicAdd(failures, 1);
            break;
        }
        node->value = t * 10 + i;
        node->next = head;
        head = node;
    }
    heads[t] = head;
}

__global__ void sumAndFree(Node **heads, int *sums)
{
    int t = blockIdx.x * blockDim.x + threadIdx.x;
    int *scratch = new int[4]();
    int n = 0;
    for (Node *node = heads[t]; node;) {
        Node *next = node->next;
        scratch[n++] = node->value;
        free(node);
        node = next;
    }
    int sum = 0;
    for (int i = 0; i < 4; ++i)
        sum += scratch[i];
    delete[] scratch;
    sums[t] = sum;
}

int main()
{
    const int n = 64;
    Node **heads;
    int *sums, *failures, h[n], failed;
    cudaDeviceSetLimit(cudaLimitMallocHeapSize, 1 << 20);
    cudaMalloc(&heads, n * sizeof(Node *));
    cudaMalloc(&sums, n * sizeof(int));
    cudaMalloc(&failures, sizeof(int));
    cudaMemset(failures, 0, sizeof(int));
    build<<<2, n / 2>>>(heads, failures);
    sumAndFree<<<2, n / 2>>>(heads, sums);
    cudaMemcpy(h, sums, sizeof h, cudaMemcpyDeviceToHost);
    cudaMemcpy(&failed, failures, sizeof failed, cudaMemcpyDeviceToHost);
    cudaFree(heads), cudaFree(sums), cudaFree(failures);
    for (int t = 0; t < n; ++t) {
        int expected = 0;
        for (int i = 0; i <= t % 4; ++i)
            expected += t * 10 + i;
        if (failed || h[t] != expected)
            return printf("thread %d: %d, expected %d\n", t, h[t], expected), 1;
    }
    return 0;
}
