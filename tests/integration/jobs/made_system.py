"""A sixth system on ultrasound that takes every kind of mark; its specification is all there is."""

from dataclasses import replace

from inference.registry import ModelSpec
from inference.registry.spec import (
    ClassSpec,
    ClinicalVariable,
    EditableFinding,
    ImageKind,
    MarkNeeds,
    Need,
    Paper,
)
from tests.integration.jobs import made

MADE_US = ModelSpec(
    system="made_us",
    version="1.0.0",
    title="Made-up system",
    paper=Paper("None."),
    modality="US",
    classes=(ClassSpec("benign", "benign", False), ClassSpec("malignant", "malignant", True)),
    clinical_variables=(
        ClinicalVariable("age", "years"),
        ClinicalVariable("sex", values=("F", "M")),
        ClinicalVariable("AFP", "ng/mL"),
    ),
    images=ImageKind.STILLS,
    marks=MarkNeeds(Need.NONE, Need.REQUIRED, Need.REQUIRED, most_outlines=2),
    editable=(EditableFinding("halo", values=("yes", "no")), EditableFinding("size", unit="mm")),
    package=made.__name__,
)

NOT_BUILT = replace(MADE_US, system="not_built_yet", package="")
