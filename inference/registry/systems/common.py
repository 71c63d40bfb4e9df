"""What more than one system names alike."""

from inference.registry.spec import ClassSpec

HCC = ClassSpec("HCC", "hepatocellular carcinoma", True)
ICC = ClassSpec("ICC", "intrahepatic cholangiocarcinoma", True)
YES_NO = ("yes", "no")
