// Element by element: out[i] depends on the elements i of the operands and on nothing else, so that every
// thread works alone. They teach that such kernels are all one: find i, guard, one line. Memory sets their
// speed: compared with two reads and a write, the arithmetic is free.
//
// Either operand of two may be a number: its buffer is then a null pointer.

typedef REAL real;

__device__ real operand(const real *buffer, real number, long long i)
{
    return buffer ? buffer[i] : number;  // all threads take the same side, so asking costs next to nothing
}

extern "C" __global__ void add(
    long long size, const real *a, real a_number, const real *b, real b_number, real *out)
{
    long long i = (long long)blockIdx.x * blockDim.x + threadIdx.x;
    if (i < size)
        out[i] = operand(a, a_number, i) + operand(b, b_number, i);
}

extern "C" __global__ void subtract(
    long long size, const real *a, real a_number, const real *b, real b_number, real *out)
{
    long long i = (long long)blockIdx.x * blockDim.x + threadIdx.x;
    if (i < size)
        out[i] = operand(a, a_number, i) - operand(b, b_number, i);
}

extern "C" __global__ void multiply(
    long long size, const real *a, real a_number, const real *b, real b_number, real *out)
{
    long long i = (long long)blockIdx.x * blockDim.x + threadIdx.x;
    if (i < size)
        out[i] = operand(a, a_number, i) * operand(b, b_number, i);
}

extern "C" __global__ void divide(
    long long size, const real *a, real a_number, const real *b, real b_number, real *out)
{
    long long i = (long long)blockIdx.x * blockDim.x + threadIdx.x;
    if (i < size)
        out[i] = operand(a, a_number, i) / operand(b, b_number, i);
}

// pow() is right to a few units in the last place, and so could make 8.999999 of 3 squared. For small whole
// exponents products are exact wherever the result is a whole number, and no worse than pow() elsewhere.
extern "C" __global__ void power(
    long long size, const real *a, real a_number, const real *b, real b_number, real *out)
{
    long long i = (long long)blockIdx.x * blockDim.x + threadIdx.x;
    if (i < size) {
        real x = operand(a, a_number, i), exponent = operand(b, b_number, i);
        if (exponent >= 0 && exponent <= 8 && exponent == floor(exponent)) {
            real product = 1;
            for (int factors = 0; factors < (int)exponent; ++factors)
                product *= x;
            out[i] = product;
        } else {
            out[i] = pow(x, exponent);
        }
    }
}

// NaN where either is NaN: every comparison with NaN is false, so y is the result when y is NaN, and
// x != x says that x is.
extern "C" __global__ void maximum(
    long long size, const real *a, real a_number, const real *b, real b_number, real *out)
{
    long long i = (long long)blockIdx.x * blockDim.x + threadIdx.x;
    if (i < size) {
        real x = operand(a, a_number, i), y = operand(b, b_number, i);
        out[i] = x > y || x != x ? x : y;
    }
}

extern "C" __global__ void equal(
    long long size, const real *a, real a_number, const real *b, real b_number, real *out)
{
    long long i = (long long)blockIdx.x * blockDim.x + threadIdx.x;
    if (i < size)
        out[i] = operand(a, a_number, i) == operand(b, b_number, i) ? 1 : 0;
}

extern "C" __global__ void greater_equal(
    long long size, const real *a, real a_number, const real *b, real b_number, real *out)
{
    long long i = (long long)blockIdx.x * blockDim.x + threadIdx.x;
    if (i < size)
        out[i] = operand(a, a_number, i) >= operand(b, b_number, i) ? 1 : 0;
}

extern "C" __global__ void negative(long long size, const real *a, real *out)
{
    long long i = (long long)blockIdx.x * blockDim.x + threadIdx.x;
    if (i < size)
        out[i] = -a[i];
}

// log, exp and tanh are the device's own functions; of their two forms, C++ takes that for the type of a[i].
extern "C" __global__ void logarithm(long long size, const real *a, real *out)
{
    long long i = (long long)blockIdx.x * blockDim.x + threadIdx.x;
    if (i < size)
        out[i] = log(a[i]);
}

extern "C" __global__ void exponential(long long size, const real *a, real *out)
{
    long long i = (long long)blockIdx.x * blockDim.x + threadIdx.x;
    if (i < size)
        out[i] = exp(a[i]);
}

extern "C" __global__ void hyperbolic_tangent(long long size, const real *a, real *out)
{
    long long i = (long long)blockIdx.x * blockDim.x + threadIdx.x;
    if (i < size)
        out[i] = tanh(a[i]);
}
