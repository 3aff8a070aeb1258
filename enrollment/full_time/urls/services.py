from django.urls import path

from ..views import services

urlpatterns = [
    path("applications/<int:pk>/services/", services.services, name="services"),
    path("applications/<int:pk>/services/finding/", services.finding, name="services_finding"),
    path("applications/<int:pk>/services/agreement/", services.draft, name="draft_services"),
    path("applications/<int:pk>/services/reviews/", services.review, name="review_goals"),
    path("applications/<int:pk>/services/<int:version>/", services.agreement, name="services_agreement"),
    path("applications/<int:pk>/services/<int:version>/sign/", services.sign, name="sign_services"),
    path("applications/<int:pk>/services/<int:version>/pdf/", services.pdf, name="services_pdf"),
]
