// Dynamic programming and graphs: searches in a B+ tree, one block for each query and one thread for each key (Rodinia's b+tree)
#include <cstdio>
#include <vector>
#define ORDER 16
struct knode { int keys[ORDER + 1]; int indices[ORDER + 1]; bool is_leaf; };

__global__ void findK(int height, const knode *knodesD, int *currKnodeD, int *offsetD, const int *keysD, int *ansD)
{
    int thid = threadIdx.x, bid = blockIdx.x;
    for (int i = 0; i < height; i++) {
        const knode &node = knodesD[currKnodeD[bid]];
        if (node.keys[thid] <= keysD[bid] && node.keys[thid + 1] > keysD[bid])
            offsetD[bid] = node.indices[thid];
        __syncthreads();
        if (thid == 0)
            currKnodeD[bid] = offsetD[bid];
        __syncthreads();
    }
    const knode &leaf = knodesD[currKnodeD[bid]];
    if (leaf.keys[thid] == keysD[bid])
        ansD[bid] = leaf.indices[thid];
}

int main()
{
    // a root over ORDER leaves of ORDER keys: 0, 3, 6, ...; a key's value is 10 times the key
    std::vector<knode> nodes(1 + ORDER);
    for (int l = 0; l < ORDER; ++l) {
        nodes[0].keys[l] = l * ORDER * 3;
        nodes[0].indices[l] = 1 + l;
        for (int k = 0; k < ORDER; ++k) {
            nodes[1 + l].keys[k] = (l * ORDER + k) * 3;
            nodes[1 + l].indices[k] = (l * ORDER + k) * 30;
        }
        nodes[1 + l].keys[ORDER] = 1 << 30;
        nodes[1 + l].is_leaf = true;
    }
    nodes[0].keys[ORDER] = 1 << 30;
    const int queries = 30;
    std::vector<int> keys(queries), ans(queries);
    for (int i = 0; i < queries; ++i)
        keys[i] = i * 25;
    knode *d_nodes;
    int *d_curr, *d_offset, *d_keys, *d_ans;
    cudaMalloc(&d_nodes, nodes.size() * sizeof(knode));
    cudaMalloc(&d_curr, queries * sizeof(int)), cudaMalloc(&d_offset, queries * sizeof(int));
    cudaMalloc(&d_keys, queries * sizeof(int)), cudaMalloc(&d_ans, queries * sizeof(int));
    cudaMemcpy(d_nodes, nodes.data(), nodes.size() * sizeof(knode), cudaMemcpyHostToDevice);
    cudaMemcpy(d_keys, keys.data(), queries * sizeof(int), cudaMemcpyHostToDevice);
    cudaMemset(d_curr, 0, queries * sizeof(int)), cudaMemset(d_offset, 0, queries * sizeof(int));
    cudaMemset(d_ans, 0xff, queries * sizeof(int));
    findK<<<queries, ORDER>>>(1, d_nodes, d_curr, d_offset, d_keys, d_ans);
    cudaMemcpy(ans.data(), d_ans, queries * sizeof(int), cudaMemcpyDeviceToHost);
    cudaFree(d_nodes), cudaFree(d_curr), cudaFree(d_offset), cudaFree(d_keys), cudaFree(d_ans);
    int wrong = 0;
    for (int i = 0; i < queries; ++i)
        wrong += ans[i] != (keys[i] % 3 ? -1 : keys[i] * 10);
    return printf("%d wrong\n", wrong), wrong;
}
