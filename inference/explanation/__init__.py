"""Why a network says what it says: activation maps, pixel attributions, panels.

Nothing here is imported from the networks; pipelines hand over feature maps or functions.
"""
