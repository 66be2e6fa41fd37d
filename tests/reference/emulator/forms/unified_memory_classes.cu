// Programs: objects in managed memory by a class with its own new and delete, and a string of the device
#include <cstdio>
#include <cstring>
#include <new>

class Managed {
public:
    void *operator new(size_t len)
    {
        void *ptr;
        cudaMallocManaged(&ptr, len);
        cudaDeviceSynchronize();
        return ptr;
    }
    void operator delete(void *ptr)
    {
        cudaDeviceSynchronize();
        cudaFree(ptr);
    }
};

class String : public Managed {
    int length;
    char *data;

public:
    String(const char *text) : length((int)strlen(text))
    {
        cudaMallocManaged(&data, length + 1);
        strcpy(data, text);
    }
    ~String() { cudaFree(data); }
    __host__ __device__ int size() const { return length; }
    __host__ __device__ char &operator[](int pos) { return data[pos]; }
};

struct DataElement : public Managed {
    String name;
    int value;
    DataElement(const char *text, int v) : name(text), value(v) {}
};

__global__ void upper(DataElement *elem)
{
    int i = threadIdx.x;
    if (i < elem->name.size() && elem->name[i] >= 'a' && elem->name[i] <= 'z')
        elem->name[i] -= 'a' - 'A';
    if (i == 0)
        elem->value++;
}

int main()
{
    DataElement *e = new DataElement("hello, device", 10);
    upper<<<1, 32>>>(e);
    cudaDeviceSynchronize();
    bool ok = strncmp(&e->name[0], "HELLO, DEVICE", 13) == 0 && e->value == 11;
    delete e;
    puts(ok ? "PASSED" : "FAILED");
    return !ok;
}
