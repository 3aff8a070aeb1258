from django.urls import path

from ..views import amending, asking, family, private

urlpatterns = [
    path("pay-yourself/", private.private_pay, name="private_pay"),
    path("requests/", family.requests, name="requests"),
    path("requests/start/", asking.start, name="start"),
    path("requests/start/school/", asking.school, name="school"),
    path("requests/start/school/<int:pk>/", asking.child, name="child"),
    path("requests/start/child/<int:pk>/", asking.child_again, name="child_again"),
    path("requests/<int:pk>/", family.status, name="status"),
    path("requests/<int:pk>/child/", asking.child_correct, name="child_correct"),
    path("requests/<int:pk>/courses/", asking.courses, name="courses"),
    path("requests/<int:pk>/sign/", asking.sign, name="sign"),
    path("requests/<int:pk>/receipt/", family.receipt, name="receipt"),
    path("requests/<int:pk>/change/", amending.amend, name="amend"),
    path("requests/lines/<int:pk>/exchange/", amending.exchange, name="exchange"),
    path("requests/<int:pk>/discard/", asking.discard, name="discard"),
    path("letters/<uuid:pk>/", family.letter, name="letter"),
    path("letters/<uuid:pk>.pdf", family.letter_pdf, name="letter_pdf"),
]
