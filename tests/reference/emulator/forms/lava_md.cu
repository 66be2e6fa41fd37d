// Simulations: particles in boxes with neighbors, structs of arrays in shared memory (Rodinia's lavaMD)
#include <cmath>
#include <cstdio>
#include <vector>
#define NUMBER_PAR_PER_BOX 20
#define DOT(A, B) ((A.x) * (B.x) + (A.y) * (B.y) + (A.z) * (B.z))
typedef struct { float x, y, z; } THREE_VECTOR;
typedef struct { float v, x, y, z; } FOUR_VECTOR;
typedef struct { int x, offset, nn, nei[2]; } box_str;

__global__ void kernel_gpu(float a2, int boxes, const box_str *d_box, const FOUR_VECTOR *d_rv, const float *d_qv, FOUR_VECTOR *d_fv)
{
    int bx = blockIdx.x, tx = threadIdx.x, wtx = tx;
    __shared__ FOUR_VECTOR rA_shared[NUMBER_PAR_PER_BOX], rB_shared[NUMBER_PAR_PER_BOX];
    __shared__ float qB_shared[NUMBER_PAR_PER_BOX];
    if (bx >= boxes)
        return;
    const FOUR_VECTOR *rA = &d_rv[d_box[bx].offset];
    FOUR_VECTOR *fA = &d_fv[d_box[bx].offset];
    while (wtx < NUMBER_PAR_PER_BOX) {
        rA_shared[wtx] = rA[wtx];
        wtx += blockDim.x;
    }
    __syncthreads();
    for (int k = 0; k < (1 + d_box[bx].nn); k++) {
        int pointer = k == 0 ? bx : d_box[bx].nei[k - 1];
        const FOUR_VECTOR *rB = &d_rv[d_box[pointer].offset];
        const float *qB = &d_qv[d_box[pointer].offset];
        for (wtx = tx; wtx < NUMBER_PAR_PER_BOX; wtx += blockDim.x) {
            rB_shared[wtx] = rB[wtx];
            qB_shared[wtx] = qB[wtx];
        }
        __syncthreads();
        for (wtx = tx; wtx < NUMBER_PAR_PER_BOX; wtx += blockDim.x)
            for (int j = 0; j < NUMBER_PAR_PER_BOX; j++) {
                float r2 = rA_shared[wtx].v + rB_shared[j].v - DOT(rA_shared[wtx], rB_shared[j]);
                float vij = exp(-a2 * r2), fs = 2 * vij;
                THREE_VECTOR d = {rA_shared[wtx].x - rB_shared[j].x, rA_shared[wtx].y - rB_shared[j].y, rA_shared[wtx].z - rB_shared[j].z};
                fA[wtx].v += qB_shared[j] * vij;
                fA[wtx].x += qB_shared[j] * fs * d.x;
                fA[wtx].y += qB_shared[j] * fs * d.y;
                fA[wtx].z += qB_shared[j] * fs * d.z;
            }
        __syncthreads();
    }
}

int main()
{
    const int boxes = 4, n = boxes * NUMBER_PAR_PER_BOX;
    std::vector<box_str> box(boxes);
    std::vector<FOUR_VECTOR> rv(n), fv(n), zero(n);
    std::vector<float> qv(n);
    for (int b = 0; b < boxes; ++b) {
        box[b] = {b, b * NUMBER_PAR_PER_BOX, 0, {}};
        if (b > 0) box[b].nei[box[b].nn++] = b - 1;
        if (b < boxes - 1) box[b].nei[box[b].nn++] = b + 1;
    }
    for (int i = 0; i < n; ++i) {
        rv[i] = {(i % 10 + 1) * 0.1f, (i % 7 + 1) * 0.1f, (i % 9 + 1) * 0.1f, (i % 5 + 1) * 0.1f};
        qv[i] = (i % 10 + 1) * 0.1f;
    }
    box_str *d_box;
    FOUR_VECTOR *d_rv, *d_fv;
    float *d_qv;
    cudaMalloc((void **)&d_box, boxes * sizeof(box_str));
    cudaMalloc((void **)&d_rv, n * sizeof(FOUR_VECTOR));
    cudaMalloc((void **)&d_fv, n * sizeof(FOUR_VECTOR));
    cudaMalloc((void **)&d_qv, n * sizeof(float));
    cudaMemcpy(d_box, box.data(), boxes * sizeof(box_str), cudaMemcpyHostToDevice);
    cudaMemcpy(d_rv, rv.data(), n * sizeof(FOUR_VECTOR), cudaMemcpyHostToDevice);
    cudaMemcpy(d_qv, qv.data(), n * sizeof(float), cudaMemcpyHostToDevice);
    cudaMemcpy(d_fv, zero.data(), n * sizeof(FOUR_VECTOR), cudaMemcpyHostToDevice);
    kernel_gpu<<<boxes, 16>>>(0.5f, boxes, d_box, d_rv, d_qv, d_fv);
    cudaMemcpy(fv.data(), d_fv, n * sizeof(FOUR_VECTOR), cudaMemcpyDeviceToHost);
    cudaFree(d_box), cudaFree(d_rv), cudaFree(d_fv), cudaFree(d_qv);
    double worst = 0;
    for (int i = 0; i < n; ++i) {
        double v = 0, x = 0;
        for (int j = 0; j < n; ++j)
            if (std::abs(i / NUMBER_PAR_PER_BOX - j / NUMBER_PAR_PER_BOX) <= 1) {
                double u = std::exp(-0.5 * (rv[i].v + rv[j].v - (double)DOT(rv[i], rv[j])));
                v += qv[j] * u;
                x += qv[j] * 2 * u * (rv[i].x - rv[j].x);
            }
        double off = std::fabs(fv[i].v - v) + std::fabs(fv[i].x - x);
        if (!(off <= worst)) worst = std::isnan(off) ? INFINITY : off;
    }
    printf("worst: %g\n", worst);
    return !(worst < 1e-3);
}
