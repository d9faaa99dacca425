/*
 * The first instructions of statically linked programs that are started often. Such a program
 * relocates itself, so it writes to nearly every page of its tables, and each of these is a page
 * fault, as is each bit of code that is used for the first time. Two system calls bring all in for
 * a fraction of that; a kernel that does not know them leaves things as they were.
 * Nothing can be called yet, and the registers of the entry point stay what they are.
 */
#include <asm/unistd.h>

#define PAGE_MASK            -4096
#define MADV_POPULATE_READ   22
#define MADV_POPULATE_WRITE  23

        .text
        .globl  start_x86_64
        .hidden start_x86_64
        .type   start_x86_64, @function
start_x86_64:
        .cfi_startproc
        .cfi_undefined rip
        endbr64
        movq    %rdx, %r8
        /* tables and data, from the first page that is relocated to the end */
        leaq    __preinit_array_start(%rip), %rdi
        andq    $PAGE_MASK, %rdi
        movq    %rdi, %r9
        leaq    _end(%rip), %rsi
        subq    %rdi, %rsi
        movl    $MADV_POPULATE_WRITE, %edx
        movl    $__NR_madvise, %eax
        syscall
        /* all before that: code and constants */
        leaq    __executable_start(%rip), %rdi
        movq    %r9, %rsi
        subq    %rdi, %rsi
        movl    $MADV_POPULATE_READ, %edx
        movl    $__NR_madvise, %eax
        syscall
        movq    %r8, %rdx
        jmp     _start
        .cfi_endproc
        .size   start_x86_64, . - start_x86_64

        .section .note.GNU-stack, "", @progbits
