"""Clean articles before a vectorizer, and let a grid search say whether that helps."""

from __future__ import annotations

import json
from pathlib import Path

from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import Pipeline

from cleaner.integrations.sklearn import ArticleCleaner

with Path("corpus/clean.jsonl").open(encoding="utf-8") as lines:
    records = [json.loads(line) for line in lines]
texts = [r["text"] + "\n\nTinggalkan Komentar" for r in records]
labels = [r["language"] == "id" for r in records]
pipeline = Pipeline([("clean", ArticleCleaner()), ("words", TfidfVectorizer()), ("decide", LogisticRegression())])
search = GridSearchCV(pipeline, {"clean": [ArticleCleaner(), "passthrough"]}, cv=3).fit(texts, labels)
print(search.best_params_["clean"], round(search.best_score_, 3))
