from django.urls import path

from ..views import correcting, plans, rights, staff

urlpatterns = [
    path("students/", staff.students, name="students"),
    path("students/<int:pk>/", staff.student, name="student"),
    path("students/<int:pk>/correct/", correcting.correct_student, name="correct_student"),
    path("students/<int:pk>/mosis-id/", staff.mosis_id, name="mosis_id"),
    path("students/<int:pk>/learning-plan/", plans.learning_plan, name="learning_plan"),
    path("students/<int:pk>/merge/<int:into>/", staff.merge, name="merge"),
    path("students/<int:pk>/family/<int:guardian_pk>/basis/", rights.adult_basis, name="adult_basis"),
    path("students/<int:pk>/family/<int:guardian_pk>/end/", rights.end_guardianship, name="end_guardianship"),
    path("students/<int:pk>/family/<int:guardian_pk>/give-back/", rights.give_back, name="give_back"),
    path("students/claims/", staff.claims, name="claims"),
    path("students/claims/<int:pk>/", staff.claim, name="claim"),
    path("students/claims/<int:pk>/refuse/", staff.refuse, name="refuse_claim"),
    path("students/claims/<int:pk>/reopen/", staff.reopen, name="reopen_claim"),
]
