// Machine learning: the loss of a classifier and its gradient, fused, with a mean over the batch
#include <cmath>
#include <cstdio>
#include <vector>

__global__ void crossEntropy(const float *logits, const int *labels, float *losses, float *grad, int classes, int batch)
{
    int row = blockIdx.x * blockDim.x + threadIdx.x;
    if (row >= batch)
        return;
    const float *x = logits + row * classes;
    float most = x[0], sum = 0;
    for (int c = 1; c < classes; ++c)
        most = max(most, x[c]);
    for (int c = 0; c < classes; ++c)
        sum += exp(x[c] - most);
    losses[row] = log(sum) + most - x[labels[row]];
    for (int c = 0; c < classes; ++c)
        grad[row * classes + c] = (exp(x[c] - most) / sum - (c == labels[row])) / batch;
}

int main()
{
    const int batch = 40, classes = 10;
    std::vector<float> logits(batch * classes), losses(batch), grad(batch * classes);
    std::vector<int> labels(batch);
    for (int i = 0; i < batch * classes; ++i) logits[i] = (i * 37 % 41 - 20) * 0.3f;
    for (int i = 0; i < batch; ++i) labels[i] = i * 3 % classes;
    float *d_logits, *d_losses, *d_grad;
    int *d_labels;
    cudaMalloc(&d_logits, logits.size() * sizeof(float));
    cudaMalloc(&d_grad, logits.size() * sizeof(float));
    cudaMalloc(&d_losses, batch * sizeof(float));
    cudaMalloc(&d_labels, batch * sizeof(int));
    cudaMemcpy(d_logits, logits.data(), logits.size() * sizeof(float), cudaMemcpyHostToDevice);
    cudaMemcpy(d_labels, labels.data(), batch * sizeof(int), cudaMemcpyHostToDevice);
    crossEntropy<<<2, 32>>>(d_logits, d_labels, d_losses, d_grad, classes, batch);
    cudaMemcpy(losses.data(), d_losses, batch * sizeof(float), cudaMemcpyDeviceToHost);
    cudaMemcpy(grad.data(), d_grad, grad.size() * sizeof(float), cudaMemcpyDeviceToHost);
    cudaFree(d_logits), cudaFree(d_grad), cudaFree(d_losses), cudaFree(d_labels);
    double worst = 0;
    for (int r = 0; r < batch; ++r) {
        double sum = 0;
        for (int c = 0; c < classes; ++c) sum += std::exp((double)logits[r * classes + c]);
        double off = std::fabs(losses[r] - (std::log(sum) - logits[r * classes + labels[r]]));
        for (int c = 0; c < classes; ++c)
            off += std::fabs(grad[r * classes + c] - (std::exp(logits[r * classes + c]) / sum - (c == labels[r])) / batch);
        if (!(off <= worst)) worst = std::isnan(off) ? INFINITY : off;
    }
    printf("worst: %g\n", worst);
    return !(worst < 1e-5);
}
