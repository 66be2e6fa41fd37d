// Claims that its lines come from another file.
#line 1 "rubric.yaml"
KERNEL
{
    ORIGINAL
}
