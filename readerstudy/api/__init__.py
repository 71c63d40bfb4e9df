"""Reader studies over HTTP: for coordinators (``studies``) and for readers (``readings``)."""
