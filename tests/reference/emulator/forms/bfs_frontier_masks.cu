// Dynamic programming and graphs: breadth-first search with masks, two kernels for each level (Rodinia's bfs)
// Found: race, as threads of several blocks store one value without an order
#include <cstdio>
#include <queue>
#include <vector>
struct Node { int starting; int no_of_edges; };

__global__ void Kernel(const Node *g_graph_nodes, const int *g_graph_edges, bool *g_graph_mask, bool *g_updating_graph_mask,
                       bool *g_graph_visited, int *g_cost, int no_of_nodes)
{
    int tid = blockIdx.x * 64 + threadIdx.x;
    if (tid < no_of_nodes && g_graph_mask[tid]) {
        g_graph_mask[tid] = false;
        for (int i = g_graph_nodes[tid].starting; i < g_graph_nodes[tid].no_of_edges + g_graph_nodes[tid].starting; i++) {
            int id = g_graph_edges[i];
            if (!g_graph_visited[id]) {
                g_cost[id] = g_cost[tid] + 1;
                g_updating_graph_mask[id] = true;
            }
        }
    }
}

__global__ void Kernel2(bool *g_graph_mask, bool *g_updating_graph_mask, bool *g_graph_visited, bool *g_over, int no_of_nodes)
{
    int tid = blockIdx.x * 64 + threadIdx.x;
    if (tid < no_of_nodes && g_updating_graph_mask[tid]) {
        g_graph_mask[tid] = true;
        g_graph_visited[tid] = true;
        *g_over = true;
        g_updating_graph_mask[tid] = false;
    }
}

int main()
{
    const int n = 200;
    std::vector<Node> nodes(n);
    std::vector<int> edges, expected(n, -1), cost(n, -1);
    for (int i = 0; i < n; ++i) {
        nodes[i].starting = (int)edges.size();
        for (int j = 0; j < 1 + i % 3; ++j)
            edges.push_back((i * 17 + j * 59 + 1) % n);
        nodes[i].no_of_edges = (int)edges.size() - nodes[i].starting;
    }
    std::queue<int> queue({0});
    expected[0] = 0;
    for (; !queue.empty(); queue.pop())
        for (int e = 0, v = queue.front(); e < nodes[v].no_of_edges; ++e)
            if (int w = edges[nodes[v].starting + e]; expected[w] < 0) {
                expected[w] = expected[v] + 1;
                queue.push(w);
            }
    Node *d_nodes;
    int *d_edges, *d_cost;
    bool *d_mask, *d_updating, *d_visited, *d_over, over, yes = true;
    cudaMalloc(&d_nodes, n * sizeof(Node));
    cudaMalloc(&d_edges, edges.size() * sizeof(int));
    cudaMalloc(&d_cost, n * sizeof(int));
    cudaMalloc(&d_mask, n), cudaMalloc(&d_updating, n), cudaMalloc(&d_visited, n), cudaMalloc(&d_over, 1);
    cudaMemcpy(d_nodes, nodes.data(), n * sizeof(Node), cudaMemcpyHostToDevice);
    cudaMemcpy(d_edges, edges.data(), edges.size() * sizeof(int), cudaMemcpyHostToDevice);
    cost[0] = 0;
    cudaMemcpy(d_cost, cost.data(), n * sizeof(int), cudaMemcpyHostToDevice);
    cudaMemset(d_mask, 0, n), cudaMemset(d_updating, 0, n), cudaMemset(d_visited, 0, n);
    cudaMemcpy(d_mask, &yes, 1, cudaMemcpyHostToDevice);
    cudaMemcpy(d_visited, &yes, 1, cudaMemcpyHostToDevice);
    int levels = 0;
    do {
        over = false;
        cudaMemcpy(d_over, &over, 1, cudaMemcpyHostToDevice);
        Kernel<<<(n + 63) / 64, 64>>>(d_nodes, d_edges, d_mask, d_updating, d_visited, d_cost, n);
        Kernel2<<<(n + 63) / 64, 64>>>(d_mask, d_updating, d_visited, d_over, n);
        cudaMemcpy(&over, d_over, 1, cudaMemcpyDeviceToHost);
    } while (over && ++levels < n);
    cudaMemcpy(cost.data(), d_cost, n * sizeof(int), cudaMemcpyDeviceToHost);
    for (void *p : {(void *)d_nodes, (void *)d_edges, (void *)d_cost, (void *)d_mask, (void *)d_updating, (void *)d_visited, (void *)d_over})
        cudaFree(p);
    return cost == expected ? 0 : (puts("FAILED"), 1);
}
