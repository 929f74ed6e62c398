"""Names of groups weigh nothing: the slot of the whole word takes back what the word's fragments add.

Holding whole columns back is not enough, because a name shares fragments with other words: "white" ends like
"shite", and one such fragment added .7 to the log-odds of every sentence that said "white".
"""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.sparse as sparse
from numpy.typing import NDArray
from sklearn.pipeline import Pipeline

from classifier.training.pipeline import Matrix


def take_back(pipeline: Pipeline, names: frozenset[str], texts: list[str], share: float) -> None:
    """Change the coefficients of the names' own words, so that they take back this share of what was added.

    `texts` show how long texts are, which sets the scale: fragments and words are divided by different
    lengths, so the sum is what was asked for in a text of usual proportions only.
    """
    counter, rarity, judges = pipeline["fragments"], pipeline["rarity"], pipeline["judges"]
    words = sorted(names)
    weighed = sparse.csr_matrix(counter.transform(words) @ sparse.diags(rarity.rarity_))
    first_word = counter.blocks[0]
    added = np.asarray(weighed[:, :first_word] @ judges.coef_[:, :first_word].T)
    taken = share * _usual_ratio(counter.transform(texts), rarity.rarity_, first_word) * added
    for row, (column, weight) in enumerate(_own_columns(weighed, first_word)):
        if weight:
            own = (1 - share) * judges.coef_[:, column]
            judges.coef_[:, column] = (own - taken[row] / weight).astype(np.float16)


def _own_columns(weighed: Any, first_word: int) -> list[tuple[int, float]]:
    """Column and rarity of each word itself; rarity 0 for one that training hardly met, which has no say."""
    block = weighed[:, first_word:].tocsr()
    found = [(block.indices[a:b], block.data[a:b]) for a, b in zip(block.indptr[:-1], block.indptr[1:], strict=True)]
    return [(int(at[0]) + first_word, float(data[0])) if len(at) == 1 else (0, 0.0) for at, data in found]


def _usual_ratio(counts: Any, rarity: NDArray[np.float32], first_word: int) -> float:
    """How the words' length compares with the fragments' length, in the middle of all texts."""
    squared: Matrix = rarity.astype(np.float64) ** 2
    fragments = np.asarray(counts[:, :first_word] @ squared[:first_word])
    words = np.asarray(counts[:, first_word:] @ squared[first_word:])
    some = fragments > 0
    return float(np.median(np.sqrt(words[some] / fragments[some])))
