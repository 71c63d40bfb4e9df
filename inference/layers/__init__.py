"""Torch building blocks shared by the systems. Nothing here imports torchvision."""
