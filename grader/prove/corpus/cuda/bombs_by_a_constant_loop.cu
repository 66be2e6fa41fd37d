// Contains an endless loop that the compiler must evaluate.
constexpr int endless()
{
    int n = 0;
    while (true)
        n = (n + 1) % 7;
    return n;
}

KERNEL
{
    constexpr int many = endless();
    OUT[0] = many;
}
