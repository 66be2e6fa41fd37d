"""Wrong ideas about kernels that change a few words of the solution, and what to tell students.

Kernels that are written anew are in mutants.cu.
"""

from grader.model.mutant import mutant

# The places of the solution that several mutants edit.
NUMBER = "blockIdx.x * blockDim.x + threadIdx.x"
IF_INSIDE = "if (i < size)\n        "
RETURN_OUTSIDE = "    if (i >= size)\n        return;\n"
NO_SUCH_ROW = "    if (row >= rows)\n        return;\n"
NO_SUCH_NUMBER = "    if (number >= size)\n        return;\n"
ELEMENTS = "s.batch * s.out_height * s.out_width * s.c_out"
POSITIONS = "s.batch * s.out_height * s.out_width"
NO_SUCH_RESULT = "    if (number >= s.batch * s.out_height * s.out_width * s.c_out)\n        return;\n"
NO_SUCH_POSITION = "    if (r >= s.batch * s.out_height * s.out_width)\n        return;\n"
ROUND_BARRIER = "        __syncthreads();  // the sums that the next line reads are written, all of them\n"
FIRST_BARRIER = "        __syncthreads();  // both tiles are complete\n"
SECOND_BARRIER = "        __syncthreads();  // no thread reads them any more: the next ones may come\n"
TAKE_D_APART = "c = d % s.c_in, v = d / s.c_in % s.kernel_width, u = d / s.c_in / s.kernel_width;"
PIXEL = "pixel(s, x, image, i, j, u, v, c)"


# blocks_for


@mutant(
    of="blocks_for",
    help="#threads-blocks-and-a-guard",
    edits={"(size + threads - 1) / threads": "size / threads"},
)
def grid_rounded_down():
    """You round the grid down: for 257 elements and blocks of 128 threads you start two blocks, and the
    last element has no thread. An integer division drops the remainder, but a block that is only partly
    used is still a block. Round up."""


@mutant(
    of="blocks_for",
    help="#threads-blocks-and-a-guard",
    edits={"(size + threads - 1) / threads": "size / threads + 1"},
)
def grid_one_too_many():
    """You always start one block more than the number of whole blocks. If the size is a multiple of the
    block, the last block has nothing to do. Round up: add one less than a block's threads, then
    divide."""


# fill


@mutant(of="fill", help="#threads-blocks-and-a-guard", edits={IF_INSIDE: ""})
def no_guard():
    """Your kernel has no guard: the last block has threads beyond the last element, and they write past
    the end of the array."""


@mutant(of="fill", help="#threads-blocks-and-a-guard", edits={NUMBER: "threadIdx.x"})
def thread_of_its_block():
    """You number the threads only within their block: every block writes the same elements again, and no
    thread writes those of the other blocks. Add the block's own number: blockIdx.x * blockDim.x +
    threadIdx.x."""


# add


@mutant(of="add", help="#threads-blocks-and-a-guard", edits={"i < size": "i <= size"})
def guard_off_by_one():
    """Your guard lets one thread too many through: the elements are 0 to size - 1, so element `size` is
    past the end."""


@mutant(of="add", help="#threads-blocks-and-a-guard", edits={IF_INSIDE: ""})
def no_guard_in_add():
    """Your kernel has no guard: the last block has threads beyond the last element, and they read and
    write past the ends of the arrays."""


@mutant(of="add", help="#threads-blocks-and-a-guard", edits={"i < size": "i < blockDim.x && i < size"})
def guard_on_the_block():
    """Your kernel computes only the first block's elements, as if the grid had one block."""


@mutant(
    of="add",
    help="#threads-blocks-and-a-guard",
    edits={
        "    int i = "
        + NUMBER
        + ";\n    if (i < size)": "    for (int i = 0; blockIdx.x == 0 && threadIdx.x == 0 && i < size; ++i)"
    },
)
def one_thread_for_all():
    """Your kernel is right, but one thread adds all elements, and the others are idle. Give each element
    its own thread: a warp then reads 32 neighboring numbers at once."""


# compact


@mutant(of="compact", help="#strides", edits={"a[place]": "a[view.offset + i]"})
def strides_from_the_shape():
    """You copy the numbers in the order in which they lie in memory, as if the view were compact. A view
    has its own strides: those of a transposed array are in another order, and a stride may be 0 or
    negative."""


@mutant(
    of="compact",
    help="#strides",
    edits={"int axis = view.ndim - 1; axis >= 0; --axis": "int axis = 0; axis < view.ndim; ++axis"},
)
def first_axis_runs_fastest():
    """You take i apart from the first axis. In row-major order the last axis runs fastest: take the
    remainder by its length first, and go on to the axis before it."""


@mutant(of="compact", help="#strides", edits={"place = view.offset": "place = 0"})
def no_offset():
    """You ignore the offset: the first element of a view need not be the first in memory."""


@mutant(of="compact", help="#strides", edits={"i >= size": "i >= view.shape[0]"})
def guard_on_the_first_axis():
    """Your guard uses the wrong size: it compares with the length of the first axis, not with the number
    of elements."""


@mutant(of="compact", help="#strides", edits={RETURN_OUTSIDE: "", "rest = i": "rest = i % size"})
def compact_without_guard():
    """Your guard comes after the write, or is missing: threads beyond the last element write past the
    end."""


@mutant(of="compact", help="#strides", edits={NUMBER: "threadIdx.x"})
def block_forgotten():
    """You number the threads only within their block, so every block copies the same first elements."""


@mutant(
    of="compact",
    help="#threads-blocks-and-a-guard",
    edits={
        "    int i = " + NUMBER + ";\n" + RETURN_OUTSIDE: (
            "    for (int i = 0; blockIdx.x == 0 && threadIdx.x == 0 && i < size; ++i) {\n"
        ),
        "out[i] = a[place];": "out[i] = a[place];\n    }",
    },
)
def one_thread_for_the_view():
    """Your kernel is right, but one thread copies all elements of the view, and the others are idle. Give
    each element of the view its own thread."""


# sum_naive


@mutant(of="sum_naive", help="#sums", edits={"a[row * length + i]": "a[i * rows + row]"})
def down_the_columns():
    """You add up down the columns. Element i of a row is at row * length + i, right next to its
    neighbors."""


@mutant(of="sum_naive", help="#sums", edits={NO_SUCH_ROW: ""})
def rows_without_guard():
    """Your kernel has no guard on the rows: threads beyond the last row read and write past the end."""


@mutant(
    of="sum_naive",
    help="#threads-blocks-and-a-guard",
    edits={
        "    int row = " + NUMBER + ";\n" + NO_SUCH_ROW: (
            "    for (int row = 0; blockIdx.x == 0 && threadIdx.x == 0 && row < rows; ++row) {\n"
        ),
        "out[row] = sum;": "out[row] = sum;\n    }",
    },
)
def one_thread_for_all_rows():
    """Your kernel is right, but one thread adds up all rows, and the others are idle. Give each row its
    own thread."""


# sum_shared


@mutant(of="sum_shared", help="#shared-memory-and-barriers", edits={ROUND_BARRIER: ""})
def race_in_the_reduction():
    """Your reduction has a race: a thread reads another thread's sum before that thread may have written
    it. Put a __syncthreads() between a write to shared memory and a read by another thread, in every
    round."""


@mutant(
    of="sum_shared",
    help="#shared-memory-and-barriers",
    edits={"    for (int half": "    __syncthreads();\n    for (int half", ROUND_BARRIER: ""},
)
def one_barrier_for_all_rounds():
    """You synchronize once, before the first round, and not again: the second round may read what the
    first is still writing. Call __syncthreads() in every round."""


@mutant(
    of="sum_shared",
    help="#shared-memory-and-barriers",
    edits={"    sums[me] = sum;": "    if (me < length)\n        sums[me] = sum;"},
)
def uninitialized_shared_memory():
    """Your threads without an element write nothing to shared memory. Unwritten shared memory is not 0:
    it contains whatever was there before, and a neighbor adds it up. Let such a thread write a 0."""


@mutant(
    of="sum_shared",
    help="#sums",
    edits={
        "for (int i = me; i < length; i += blockDim.x)\n        sum += a[row * length + i]": (
            "if (me < length)\n        sum = a[row * length + me]"
        )
    },
)
def one_element_a_thread():
    """You sum only the first blockDim.x elements of a row. Let each thread go on, in steps of blockDim.x,
    until the row ends."""


@mutant(
    of="sum_shared",
    help="#sums",
    edits={
        "    for (int i = me; i < length; i += blockDim.x)": (
            "    int piece = (length + blockDim.x - 1) / blockDim.x;\n"
            "    for (int i = me * piece; i < min((me + 1) * piece, length); ++i)"
        )
    },
)
def a_piece_a_thread():
    """Each of your threads sums one piece of the row, so 32 threads read from 32 places at once, each in
    a different part of memory. Let neighbors read neighbors: thread t reads elements t, t + blockDim.x, t
    + 2 blockDim.x, ..."""


@mutant(
    of="sum_shared", help="#shared-memory-and-barriers", edits={"    if (me == 0)\n        out": "    out"}
)
def every_thread_writes():
    """All threads of your block write the result, and most of them read the sum when it may not be
    complete. Let only thread 0 write it: it added the last two, so it knows when the sum is complete."""


# sum_warp


@mutant(
    of="sum_warp",
    help="#warps",
    edits={"length + i];\n    for": "length + i];\n    if (me < length)\n      for"},
)
def shuffle_for_some_lanes():
    """You call a shuffle where some lanes never get to it. All lanes that the mask names must call it,
    also those without an element."""


@mutant(of="sum_warp", help="#warps", edits={"lane < blockDim.x / WARP ? sums[lane] : 0": "sums[lane]"})
def sums_of_absent_warps():
    """Your first warp reads a sum for each of its 32 lanes, but a block of 128 threads has only four
    warps. No warp wrote the other sums, and unwritten shared memory is not 0: let lanes from blockDim.x /
    32 on add 0."""


@mutant(of="sum_warp", help="#warps", edits={"    if (lane == 0)\n        sums[warp]": "    sums[warp]"})
def every_lane_writes():
    """All lanes of a warp write its sum, and only lane 0 has it: the others hold sums of fewer numbers.
    Let lane 0 alone write to shared memory."""


@mutant(
    of="sum_warp",
    help="#warps",
    edits={"lane < blockDim.x / WARP ? sums[lane] : 0": "lane == 0 ? sums[0] : 0"},
)
def first_warp_alone():
    """You add up only the first warp's numbers. The sums of the other warps are in shared memory: add
    them too."""


# matmul


@mutant(of="matmul", help="#tiles", edits={FIRST_BARRIER: ""})
def first_barrier_missing():
    """Your first barrier is missing: a thread multiplies with tiles that other threads are still
    loading."""


@mutant(of="matmul", help="#tiles", edits={SECOND_BARRIER: ""})
def second_barrier_missing():
    """Your second barrier is missing: a fast thread loads the next tile while other threads still
    multiply with this one."""


@mutant(
    of="matmul",
    help="#tiles",
    edits={"    for (int start": "    if (row >= m || column >= n)\n        return;\n    for (int start"},
)
def early_return():
    """Your threads without an element of the result return before the barrier. They must stay: they load
    elements that other threads use, and a barrier waits for every thread of the block. Guard the reads
    and the write, not the thread."""


@mutant(of="matmul", help="#tiles", edits={"b_tile[d][x]": "b_tile[x][d]"})
def wrong_tile_variable():
    """You read b's tile along its rows. A product goes along a row of a and down a column of b: use
    a_tile[y][d] * b_tile[d][x]."""


@mutant(
    of="matmul",
    help="#tiles",
    edits={
        "a_tile[y][x] = row < m && start + x < k ? a[row * k + start + x] : 0;": (
            "if (row < m && start + x < k)\n            a_tile[y][x] = a[row * k + start + x];"
        ),
        "b_tile[y][x] = start + y < k && column < n ? b[(start + y) * n + column] : 0;": (
            "if (start + y < k && column < n)\n            b_tile[y][x] = b[(start + y) * n + column];"
        ),
    },
)
def no_zeros_in_the_tiles():
    """You leave the places of a tile that are outside the matrices as they are. They hold numbers of the
    step before, or memory that is not written yet. Set them to 0: a 0 adds nothing."""


@mutant(
    of="matmul",
    help="#traffic",
    edits={"x = threadIdx.x, y = threadIdx.y": "x = threadIdx.y, y = threadIdx.x"},
)
def x_counts_rows():
    """Your product is right, but threadIdx.x counts rows. It runs fastest, so the threads of a warp read
    numbers that lie a whole row apart. Let threadIdx.x count columns and threadIdx.y rows: then neighbors
    read neighbors."""


@mutant(
    of="matmul",
    help="#tiles",
    edits={"if (row < m && column < n)": "if (row < m && column < m && column < n)"},
)
def guard_on_the_wrong_size():
    """Your guard compares the column with m, the number of rows, so columns from m on are never
    written."""


@mutant(of="matmul", help="#tiles", edits={"row < m && start + x < k ?": "start + x < k ?"})
def tile_without_guard():
    """You fill the tiles without comparing with m: the last row of blocks reads rows of a that do not
    exist. No thread uses those numbers, but the memory past the end of a is not yours to read."""


@mutant(
    of="matmul",
    help="#tiles",
    edits={
        "sum += a_tile[y][d] * b_tile[d][x]": (
            "sum = __half2float(__float2half(sum + a_tile[y][d] * b_tile[d][x]))"
        )
    },
)
def accumulates_in_half():
    """Your sum is right only to three digits: you keep it in half, which has 11 bits and no number above
    65504. Add up products of floats in a float, whatever type stores their factors."""


@mutant(
    of="matmul",
    help="#tiles",
    edits={
        "sum += a_tile[y][d] * b_tile[d][x]": (
            # half of the last of 8 bits is added before the others are cut off
            "sum = __uint_as_float((__float_as_uint(sum + a_tile[y][d] * b_tile[d][x]) + 0x8000u)"
            " & 0xffff0000u)"
        )
    },
)
def accumulates_in_bfloat16():
    """Your sum is right only to two digits: you keep it in bfloat16, which has 8 bits. Add up products of
    floats in a float, whatever type stores their factors."""


# conv_direct


@mutant(
    of="conv_direct",
    help="#a-convolution-three-ways",
    edits={PIXEL: "pixel(s, x, image, i, j, s.kernel_height - 1 - u, s.kernel_width - 1 - v, c)"},
)
def kernel_turned_around():
    """You flip the kernel. A convolution in deep learning does not: element (u, v) of w meets pixel (u,
    v), counted from where the window starts."""


@mutant(
    of="conv_direct",
    help="#a-convolution-three-ways",
    edits={
        "((u * s.kernel_width + v) * s.c_in + c) * s.c_out + filter": (
            "((filter * s.kernel_height + u) * s.kernel_width + v) * s.c_in + c"
        )
    },
)
def filters_first_in_w():
    """You look w up as if its filters came first. The filter is its last axis, which runs fastest: the
    place of w[u, v, c, filter] is ((u * kernel_width + v) * c_in + c) * c_out + filter."""


@mutant(
    of="conv_direct",
    help="#a-convolution-three-ways",
    edits={NO_SUCH_RESULT: "", "x, image,": "x, image % s.batch,"},
)
def conv_without_guard():
    """Your convolution has no guard: threads beyond the last element of the result write past its end."""


@mutant(
    of="conv_direct",
    help="#a-convolution-three-ways",
    edits={
        "    int number = " + NUMBER + ";\n" + NO_SUCH_RESULT: (
            "    for (int number = 0; blockIdx.x == 0 && threadIdx.x == 0 && number < "
            + ELEMENTS
            + "; ++number) {\n"
        ),
        "out[number] = sum;": "out[number] = sum;\n    }",
    },
)
def one_thread_for_the_result():
    """Your convolution is right, but one thread computes the whole result, and the others are idle. Give
    each element of the result its own thread."""


# conv_implicit


@mutant(
    of="conv_implicit",
    help="#tiles",
    edits={
        "x_tile[threadIdx.y][threadIdx.x] = row < m && d < k ? " + PIXEL + " : 0;": (
            "if (row < m && d < k)\n            x_tile[threadIdx.y][threadIdx.x] = " + PIXEL + ";"
        ),
        "w_tile[threadIdx.y][threadIdx.x] = d < k && column < n ? w[d * n + column] : 0;": (
            "if (d < k && column < n)\n            w_tile[threadIdx.y][threadIdx.x] = w[d * n + column];"
        ),
    },
)
def stale_shared_memory():
    """You leave the places of a tile that are outside the matrix as they are. In the last step along k
    they still contain the numbers of the step before, which you add once more. Set them to 0."""


@mutant(
    of="conv_implicit",
    help="#a-convolution-three-ways",
    edits={
        TAKE_D_APART: (
            "v = d % s.kernel_width, u = d / s.kernel_width % s.kernel_height;\n"
            "        int c = d / s.kernel_width / s.kernel_height;"
        )
    },
)
def channels_run_slowest():
    """You split the index along k in the wrong order. In w, (kernel_height, kernel_width, c_in, c_out),
    the channel changes fastest, then the kernel's column, then its row. The matrix of pixels must have
    the order of w."""


@mutant(
    of="conv_implicit",
    help="#a-convolution-three-ways",
    edits={
        TAKE_D_APART: (
            "u = d % s.kernel_height, v = d / s.kernel_height % s.kernel_width;\n"
            "        int c = d / s.kernel_height / s.kernel_width;"
        )
    },
)
def kernel_rows_run_fastest():
    """You take the index along k apart from u, the kernel's row. In w the channel runs fastest, then v,
    then u: take the remainder by c_in first."""


@mutant(of="conv_implicit", help="#a-convolution-three-ways", edits={"start < k;": "start < TILE;"})
def first_step_alone():
    """You stop after the first tiles. k = kernel_height * kernel_width * c_in may be longer than TILE: go
    on to its end."""


@mutant(of="conv_implicit", help="#a-convolution-three-ways", edits={"row < m && d < k ?": "d < k ?"})
def positions_without_guard():
    """You fill the tiles of x without comparing with m: positions past the last one belong to an image
    that does not exist, and its pixels are past the end of x."""


# w_grad_atomic


@mutant(
    of="w_grad_atomic",
    help="#many-threads-one-sum",
    edits={
        "atomicAdd(&w_grad[d * s.c_out + filter],": "w_grad[d * s.c_out + filter] +=",
        "out_grad[r * s.c_out + filter]);": "out_grad[r * s.c_out + filter];",
    },
)
def not_atomic():
    """Your threads add to one number without an atomic: each reads it, adds, and writes, and whatever
    another thread added in between is lost. On one GPU it may work today and fail tomorrow. atomicAdd
    does all three in one step."""


@mutant(
    of="w_grad_atomic",
    help="#many-threads-one-sum",
    edits={"r >= " + POSITIONS: "r >= s.out_height * s.out_width"},
)
def first_image_alone():
    """You sum over the first image only. Sum over the positions of all images of the batch."""


@mutant(
    of="w_grad_atomic",
    help="#many-threads-one-sum",
    edits={
        "    int r = " + NUMBER + ";\n" + NO_SUCH_POSITION: (
            "    for (int r = 0; blockIdx.x == 0 && threadIdx.x == 0 && r < " + POSITIONS + "; ++r) {\n"
        ),
        "atomicAdd(&w_grad[d * s.c_out + filter],": "w_grad[d * s.c_out + filter] +=",
        "out_grad[r * s.c_out + filter]);\n    }": "out_grad[r * s.c_out + filter];\n    }\n    }",
    },
)
def one_thread_for_all_positions():
    """Your gradient is right, but one thread goes over all positions, and the others are idle. Give each
    position its own thread, and add with atomicAdd."""


# w_grad_split


@mutant(
    of="w_grad_split",
    help="#many-threads-one-sum",
    edits={"(positions + parts - 1) / parts": "positions / parts"},
)
def parts_rounded_down():
    """You round the size of a part down, so the last positions belong to no part."""


@mutant(of="w_grad_split", help="#many-threads-one-sum", edits={NO_SUCH_NUMBER: ""})
def parts_without_guard():
    """Your threads have no guard: a block of the first part has spare threads, and they write where the
    second part's sums belong, or past the end."""


@mutant(
    of="w_grad_split",
    help="#many-threads-one-sum",
    edits={
        "    int number = " + NUMBER + ", part = blockIdx.y;\n" + NO_SUCH_NUMBER: (
            "    int part = blockIdx.y;\n"
            "    for (int number = 0; blockIdx.x == 0 && threadIdx.x == 0 && number < size; ++number) {\n"
        ),
        "partial[part * size + number] = sum;": "partial[part * size + number] = sum;\n    }",
    },
)
def one_thread_for_the_part():
    """Your gradient is right, but one thread sums all elements of a part, and the others are idle. Give
    each element of w its own thread for each part."""
