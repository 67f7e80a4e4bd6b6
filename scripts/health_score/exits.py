"""Exit codes, and the one exception that carries a sentence for the user."""

OK = 0
CRASH = 1
USAGE = 2
BAD_CONFIG = 3
BAD_INPUT = 4
FAILED_AUDIT = 5
BUSY = 6
UNDELIVERED = 7
UNWELL = 8
INTERRUPTED = 130


class Problem(Exception):
    """Something the user can mend: an exit code, one sentence, and lines of detail."""

    def __init__(self, code, sentence, details=()):
        super().__init__(sentence)
        self.code = code
        self.sentence = sentence
        self.details = list(details)
