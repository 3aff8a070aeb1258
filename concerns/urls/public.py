from django.urls import path

from ..views import own, writing

urlpatterns = [
    path("", writing.start, name="start"),
    path("new/", writing.choose, name="choose"),
    path("new/<slug:category>/", writing.write, name="write"),
    path("receipt/", writing.receipt, name="receipt"),
    path("status/", own.status, name="status"),
    path("own/", own.own, name="own"),
    path("own/write/", own.write_on, name="write_on"),
    path("own/name/", own.consent, name="consent"),
    path("own/take-back/", own.take_back, name="take_back"),
    path("own/open-again/", own.reopen, name="reopen"),
    path("own/rate/", own.rate, name="rate"),
    path("own/files/<uuid:pk>/", own.file, name="own_file"),
    path("own/leave/", own.leave, name="leave"),
]
