// Says that its lines are those of another file.
#line 1 "rubric.yaml"
KERNEL
{
    ORIGINAL
}
