from django.urls import path

from .views import changes, district, family, payers, provider, teachers, withdraw

app_name = "registration"
urlpatterns = [
    path("registration/", district.waiting, name="waiting"),
    path("registration/lines/<int:pk>/", district.line, name="line"),
    path("registration/lines/<int:pk>/start/", district.start, name="start"),
    path("registration/lines/<int:pk>/swap/", changes.swap, name="swap"),
    path("registration/lines/<int:pk>/result/", district.result, name="result"),
    path("registration/lines/<int:pk>/result/back/", district.return_result, name="return_result"),
    path("registration/requests/<int:pk>/withdraw/", withdraw.withdraw, name="withdraw"),
    path("registration/payers/", payers.payers, name="payers"),
    path("registration/payers/<int:pk>/arranged/", payers.arranged, name="arranged"),
    path("registration/courses/<int:pk>/", family.course, name="course"),
    path("roster/", provider.roster, name="roster"),
    path("roster/download/", provider.download, name="download"),
    path("roster/<int:pk>/", provider.confirm, name="confirm"),
    path("roster/<int:pk>/finish/", provider.finish, name="finish"),
    path("roster/<int:pk>/teacher/", changes.teacher, name="teacher"),
    path("roster/<int:pk>/extend/", changes.extend, name="extend"),
    path("roster/<int:pk>/remove/", changes.remove, name="remove"),
    path("teachers/", teachers.teachers, name="teachers"),
    path("teachers/add/", teachers.add, name="add_teacher"),
    path("teachers/<int:pk>/", teachers.renew, name="renew"),
]
