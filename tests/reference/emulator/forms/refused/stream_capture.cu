// Graphs of launches: a stream captured into a graph
// Refused: graphs of launches are not emulated: launch the kernels on a stream, one after another
__global__ void step(int *data) { data[threadIdx.x] += 1; }
int main()
{
    int *data;
    cudaMalloc(&data, 128);
    cudaStream_t stream;
    cudaStreamCreate(&stream);
    cudaGraph_t graph;
    cudaStreamBeginCapture(stream, cudaStreamCaptureModeGlobal);
    step<<<1, 32, 0, stream>>>(data);
    cudaStreamEndCapture(stream, &graph);
}
