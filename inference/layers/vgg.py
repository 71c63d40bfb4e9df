"""VGG16 with torchvision's parameter names.

Simonyan and Zisserman, Very deep convolutional networks, 2014, arXiv:1409.1556, configuration D.
"""

from torch import Tensor, nn

_BLOCKS = ((1, 2), (2, 2), (4, 3), (8, 3), (8, 3))
"""Channels relative to the first block and number of convolutions of each block."""
CLASSIFIER = ("classifier.",)
"""Keys of a published VGG16 that aren't convolutions."""


class VGG16(nn.Module):
    """The thirteen convolutions of VGG16, global average pooling and one linear layer.

    The last max pooling is left out, so that the last map has cells of 16 pixels; as pooling has
    no parameters, keys and shapes of ``features`` stay those of torchvision's ``vgg16`` (with
    `batch_norm` of its ``vgg16_bn``).

    Parameters
    ----------
    n_outputs
        Logits of the linear layer ``head``.
    width
        Channels of the first block; 64 in the paper.
    batch_norm
        Whether each convolution is followed by batch norm.

    Attributes
    ----------
    stride
        Pixels per cell of the last map; cell i covers pixels 16 i to 16 i + 15.
    """

    stride = 16

    def __init__(self, n_outputs: int, *, width: int = 64, batch_norm: bool = False) -> None:
        super().__init__()
        self.features = _convolutions(width, batch_norm)
        self.head = nn.Linear(8 * width, n_outputs)

    def maps(self, images: Tensor) -> Tensor:
        """Map images (n, 3, h, w) to the last feature map (n, 8 * width, h // 16, w // 16).

        Images are cast to the data type of the weights, which may be bfloat16; maps are float32.
        """
        first = self.features[0]
        assert isinstance(first, nn.Conv2d)
        found: Tensor = self.features(images.to(first.weight.dtype))
        return found.float()

    def forward(self, images: Tensor) -> Tensor:
        """Map images (n, 3, h, w) to logits (n, n_outputs)."""
        logits: Tensor = self.head(self.maps(images).mean(dim=(2, 3)))
        return logits

    def logit_gradients(self, height: int, width: int) -> Tensor:
        """Return the derivative of each logit by the last map, (n_outputs, k, height, width)."""
        share = self.head.weight / (height * width)
        return share[:, :, None, None].expand(-1, -1, height, width)


def _convolutions(width: int, batch_norm: bool) -> nn.Sequential:
    layers: list[nn.Module] = []
    channels = 3
    for number, (factor, repeats) in enumerate(_BLOCKS):
        if number:
            layers.append(nn.MaxPool2d(2, 2))
        for _ in range(repeats):
            layers.append(nn.Conv2d(channels, factor * width, 3, padding=1))
            layers += [nn.BatchNorm2d(factor * width)] if batch_norm else []
            layers.append(nn.ReLU(inplace=True))
            channels = factor * width
    for convolution in layers:
        if isinstance(convolution, nn.Conv2d):
            nn.init.kaiming_normal_(convolution.weight, mode="fan_out", nonlinearity="relu")
            assert convolution.bias is not None
            nn.init.zeros_(convolution.bias)
    return nn.Sequential(*layers)
