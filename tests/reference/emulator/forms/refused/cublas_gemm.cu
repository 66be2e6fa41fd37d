// Libraries: a product by cuBLAS
// Refused: its library is not emulated
#include <cublas_v2.h>
int main()
{
    cublasHandle_t handle;
    cublasCreate(&handle);
}
