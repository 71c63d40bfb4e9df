"""Tools every system's training uses: patient-level splits, augmentation, the loop."""
