"""The five published systems as data. A sixth is one more module here and one pipeline package."""

from inference.registry.systems.bmode_dcnn import BMODE_DCNN
from inference.registry.systems.ceus_dcb import CEUS_DCB
from inference.registry.systems.fourphase_ct import FOURPHASE_CT
from inference.registry.systems.lilnet_ct import LILNET_CT
from inference.registry.systems.lirads_mri import LIRADS_MRI

__all__ = ["BMODE_DCNN", "CEUS_DCB", "FOURPHASE_CT", "LILNET_CT", "LIRADS_MRI", "SYSTEMS"]

SYSTEMS = (LILNET_CT, CEUS_DCB, BMODE_DCNN, LIRADS_MRI, FOURPHASE_CT)
