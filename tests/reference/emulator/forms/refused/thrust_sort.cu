// Libraries: a sort by Thrust
// Refused: its library is not emulated
#include <thrust/device_vector.h>
#include <thrust/sort.h>
int main()
{
    thrust::device_vector<int> v(100, 1);
    thrust::sort(v.begin(), v.end());
}
