// A fiber: a stack and the place where its code stopped. Switching between fibers takes no system call.
#pragma once

#if defined(__APPLE__)
#define NAME_IN_ASSEMBLY(name) "_" name
#else
#define NAME_IN_ASSEMBLY(name) name
#endif

// Saves the registers that a call must preserve on the stack, and the stack pointer in *save. Then goes on
// where `load` was saved.
extern "C" void emulator_switch(void **save, void *load);

#if defined(__x86_64__)

asm(".text\n"
    ".globl " NAME_IN_ASSEMBLY("emulator_switch") "\n" NAME_IN_ASSEMBLY("emulator_switch") ":\n"
    "  pushq %rbp\n  pushq %rbx\n  pushq %r12\n  pushq %r13\n  pushq %r14\n  pushq %r15\n"
    "  movq %rsp, (%rdi)\n  movq %rsi, %rsp\n"
    "  popq %r15\n  popq %r14\n  popq %r13\n  popq %r12\n  popq %rbx\n  popq %rbp\n  ret\n");

// Prepares a stack for emulator_switch before its code has begun. `top` is a multiple of 16.
inline void *fresh(char *top, void (*body)())
{
    void **at = reinterpret_cast<void **>(top);
    *--at = nullptr;  // the return address of `body`, which never returns
    *--at = reinterpret_cast<void *>(body);
    for (int saved = 0; saved < 6; ++saved)
        *--at = nullptr;
    return at;
}

#elif defined(__aarch64__)

asm(".text\n.p2align 2\n"
    ".globl " NAME_IN_ASSEMBLY("emulator_switch") "\n" NAME_IN_ASSEMBLY("emulator_switch") ":\n"
    "  sub sp, sp, #160\n"
    "  stp x19, x20, [sp, #0]\n  stp x21, x22, [sp, #16]\n  stp x23, x24, [sp, #32]\n"
    "  stp x25, x26, [sp, #48]\n  stp x27, x28, [sp, #64]\n  stp x29, x30, [sp, #80]\n"
    "  stp d8, d9, [sp, #96]\n  stp d10, d11, [sp, #112]\n  stp d12, d13, [sp, #128]\n"
    "  stp d14, d15, [sp, #144]\n"
    "  mov x9, sp\n  str x9, [x0]\n  mov sp, x1\n"
    "  ldp x19, x20, [sp, #0]\n  ldp x21, x22, [sp, #16]\n  ldp x23, x24, [sp, #32]\n"
    "  ldp x25, x26, [sp, #48]\n  ldp x27, x28, [sp, #64]\n  ldp x29, x30, [sp, #80]\n"
    "  ldp d8, d9, [sp, #96]\n  ldp d10, d11, [sp, #112]\n  ldp d12, d13, [sp, #128]\n"
    "  ldp d14, d15, [sp, #144]\n"
    "  add sp, sp, #160\n  ret\n");

inline void *fresh(char *top, void (*body)())
{
    void **at = reinterpret_cast<void **>(top - 160);
    for (int saved = 0; saved < 20; ++saved)
        at[saved] = nullptr;
    at[11] = reinterpret_cast<void *>(body);  // x30, the target of `ret`
    return at;
}

#else
#error "the emulator knows how to switch fibers on x86-64 and arm64 alone"
#endif
