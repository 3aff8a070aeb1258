from django.urls import path

from ..views import host, programs

urlpatterns = [
    path("full-time/inbox/", host.inbox, name="inbox"),
    path("full-time/applications/<int:pk>/review/", host.review, name="review"),
    path("full-time/applications/<int:pk>/determine/", host.determine, name="determine"),
    path("full-time/reviews/<int:pk>/", host.look_again, name="look_again"),
    path("full-time/state/programs/", programs.state_programs, name="state_programs"),
    path("full-time/state/programs/new/", programs.open_program, name="open_program"),
    path("full-time/state/programs/<int:pk>/", programs.state_program, name="state_program"),
    path("full-time/programs/", programs.own_programs, name="own_programs"),
    path("full-time/programs/<int:pk>/", programs.own_program, name="own_program"),
    path("full-time/programs/<int:pk>/describe/", programs.describe, name="describe"),
    path("full-time/programs/<int:pk>/policy/", programs.policy, name="policy"),
    path("full-time/programs/<int:pk>/dates/<int:term_pk>/", programs.window, name="window"),
    path("full-time/programs/<int:pk>/dates/<int:term_pk>/lift/", programs.lift_window, name="lift_window"),
]
