"""Claims of an experiment, "paper/experiment" or the name of both, put to made-up estimates."""

from common import claims, subjects


def stated(where, subject="lab-1.3m"):
    """Claims that an experiment makes about a subject."""
    paper, _, experiment = where.partition("/")
    about = subjects.find(subject)
    mine = [claim for claim in claims.stated(paper) if claim.experiment == (experiment or paper)]
    return [claim for claim in mine if claim.about(about)]


def ruled(where, subject="lab-1.3m"):
    """Ids of those that need an estimate."""
    return {claim.id for claim in stated(where, subject) if claim.rule}


def judge(where, found, subject="lab-1.3m"):
    """Their verdicts."""
    return claims.judge(stated(where, subject), found, subjects.find(subject), "task")
