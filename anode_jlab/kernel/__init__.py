"""What is sent to kernels to run there: each module stands by itself, on a Python from 3.10 on."""
