"""What real models said in published runs, kept so that everyone can re-derive each verdict without their weights.

    open_engine(subject, folder_of(subject, "p_true", "choices", "arc"))

reads the recording where there is one; notebooks say `run.engine()`. A prompt that was not recorded is computed where
the model is at hand, and refused in one line where it is not. Full runs record (`python -m common.runs cells NAME
--size full`), `python -m common.runs rederive` reads all back and compares what comes out with what is published, and
`rederive --live` computes it anew.
"""

from common.recordings.engines import folder_of, open_engine
from common.recordings.recording import Recording

__all__ = ["Recording", "folder_of", "open_engine"]
