// Launches by kernels: a quicksort that launches itself
// Refused: a kernel cannot launch another one here: launch it from the host, in a loop if it launches itself
__global__ void quicksort(int *data, int left, int right)
{
    if (left >= right)
        return;
    int i = left;
    for (int j = left; j < right; ++j)
        if (data[j] < data[right]) {
            int t = data[i];
            data[i++] = data[j];
            data[j] = t;
        }
    int t = data[i];
    data[i] = data[right];
    data[right] = t;
    quicksort<<<1, 1>>>(data, left, i - 1);
    quicksort<<<1, 1>>>(data, i + 1, right);
}
int main()
{
    int *data;
    cudaMalloc(&data, 64);
    quicksort<<<1, 1>>>(data, 0, 15);
}
