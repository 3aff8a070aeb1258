from django.urls import path

from ..views import paper, paper_decision, paper_file

urlpatterns = [
    path("review/enter/", paper.enter, name="enter"),
    path("review/enter/start/", paper.start, name="enter_start"),
    path("review/enter/<int:pk>/", paper.family, name="enter_family"),
    path("review/enter/<int:pk>/courses/", paper.courses, name="enter_courses"),
    path("review/enter/<int:pk>/sign/", paper.sign, name="enter_sign"),
    path("review/enter/<int:pk>/discard/", paper.discard, name="enter_discard"),
    path("review/papers/", paper_file.papers, name="import_papers"),
    path("review/papers/template.csv", paper_file.template, name="paper_template"),
    path("review/papers/<int:pk>/", paper_file.preview, name="import_preview"),
    path("review/papers/<int:pk>/problems.csv", paper_file.problems, name="import_problems"),
    path("review/<int:pk>/receipt/", paper.receipt, name="entry_receipt"),
    path("review/<int:pk>/paper/", paper_decision.record, name="record_paper"),
    path("review/<int:pk>/scan/", paper_decision.request_scan, name="request_scan"),
    path("decisions/<int:pk>/scan/", paper_decision.decision_scan, name="decision_scan"),
]
