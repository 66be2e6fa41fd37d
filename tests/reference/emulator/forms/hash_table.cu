// Programs: a hash table with open addressing by atomicCAS
// Found: schedule_dependent, as the place of a key depends on which thread came first
#include <cstdint>
#include <cstdio>
#include <vector>
struct KeyValue { uint32_t key, value; };
const uint32_t kHashTableCapacity = 1024, kEmpty = 0xffffffff;

__device__ uint32_t hash(uint32_t k)
{
    k ^= k >> 16;
    k *= 0x85ebca6b;
    k ^= k >> 13;
    k *= 0xc2b2ae35;
    k ^= k >> 16;
    return k & (kHashTableCapacity - 1);
}

__global__ void gpu_hashtable_insert(KeyValue *hashtable, const KeyValue *kvs, unsigned int numkvs)
{
    unsigned int tid = blockIdx.x * blockDim.x + threadIdx.x;
    if (tid < numkvs) {
        uint32_t key = kvs[tid].key, value = kvs[tid].value, slot = hash(key);
        while (true) {
            uint32_t prev = atomicCAS(&hashtable[slot].key, kEmpty, key);
            if (prev == kEmpty || prev == key) {
                atomicAdd(&hashtable[slot].value, value);
                return;
            }
            slot = (slot + 1) & (kHashTableCapacity - 1);
        }
    }
}

__global__ void gpu_hashtable_lookup(const KeyValue *hashtable, KeyValue *kvs, unsigned int numkvs)
{
    unsigned int tid = blockIdx.x * blockDim.x + threadIdx.x;
    if (tid < numkvs) {
        uint32_t key = kvs[tid].key, slot = hash(key);
        while (hashtable[slot].key != kEmpty) {
            if (hashtable[slot].key == key) {
                kvs[tid].value = hashtable[slot].value;
                return;
            }
            slot = (slot + 1) & (kHashTableCapacity - 1);
        }
        kvs[tid].value = kEmpty;
    }
}

int main()
{
    const int n = 700, keys = 300;
    std::vector<KeyValue> kvs(n), query(2 * keys), table(kHashTableCapacity, {kEmpty, 0});
    std::vector<uint32_t> expected(2 * keys, kEmpty);
    for (int i = 0; i < n; ++i) {
        kvs[i] = {uint32_t(i * 13 % keys), uint32_t(i)};
        uint32_t &sum = expected[kvs[i].key];
        sum = (sum == kEmpty ? 0 : sum) + i;
    }
    for (int i = 0; i < 2 * keys; ++i) query[i] = {uint32_t(i), 0};
    KeyValue *d_table, *d_kvs, *d_query;
    cudaMalloc(&d_table, table.size() * sizeof(KeyValue));
    cudaMalloc(&d_kvs, n * sizeof(KeyValue));
    cudaMalloc(&d_query, query.size() * sizeof(KeyValue));
    cudaMemcpy(d_table, table.data(), table.size() * sizeof(KeyValue), cudaMemcpyHostToDevice);
    cudaMemcpy(d_kvs, kvs.data(), n * sizeof(KeyValue), cudaMemcpyHostToDevice);
    cudaMemcpy(d_query, query.data(), query.size() * sizeof(KeyValue), cudaMemcpyHostToDevice);
    gpu_hashtable_insert<<<(n + 127) / 128, 128>>>(d_table, d_kvs, n);
    gpu_hashtable_lookup<<<(2 * keys + 127) / 128, 128>>>(d_table, d_query, 2 * keys);
    cudaMemcpy(query.data(), d_query, query.size() * sizeof(KeyValue), cudaMemcpyDeviceToHost);
    cudaFree(d_table), cudaFree(d_kvs), cudaFree(d_query);
    for (int i = 0; i < 2 * keys; ++i)
        if (query[i].value != expected[i])
            return printf("key %d: %u, expected %u\n", i, query[i].value, expected[i]), 1;
    return 0;
}
